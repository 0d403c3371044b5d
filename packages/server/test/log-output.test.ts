/** The log on standard output: no line is lost or out of order where there is room, and where there is none, nothing waits for it for long. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './support/databases.ts'
import { makePipe } from './support/pipe.ts'
import type { Pipe } from './support/pipe.ts'

const MODULE = JSON.stringify(new URL('../src/log.ts', import.meta.url).href)
const BEGIN = `const { openLog } = await import(${MODULE})
const { log, finish } = await openLog({ log: { level: 'info' } }, { isShared: process.env.IS_SHARED === 'yes' })
const write = (count) => { for (let at = 0; at < count; at++) log.info({ at, who: process.pid, fill: 'x'.repeat(1000) }) }
const stand = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
process.on('uncaughtException', () => process.exit(3))
`
const folder = temporaryFolder()
let files = 0

/** A line, as far as it is looked at. */
interface Line {
  readonly at?: number
  readonly who?: number
  readonly lines?: number
}

/** What came of a program: how it ended, and after how long. */
interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly ms: number
}

/** Runs a program that logs into this file or pipe, which is closed here. */
async function run(program: string, output: number, isShared = false): Promise<Ended> {
  const env = { ...process.env, IS_SHARED: isShared ? 'yes' : 'no' }
  const args = ['--input-type=module', '-e', BEGIN + program]
  const child = spawn(process.execPath, args, { stdio: ['ignore', output, 'inherit'], env })
  closeSync(output)
  const begun = performance.now()
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return { code, signal, ms: performance.now() - begun }
}

/** All lines that come out of a pipe, read from now on. */
async function readAll({ path, hold }: Pipe): Promise<Line[]> {
  const chunks: Buffer[] = []
  const stream = createReadStream(path)
  await once(stream, 'open')
  closeSync(hold) // from now on it ends with the last that writes
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return linesOf(Buffer.concat(chunks).toString())
}

/** The lines of a log. */
function linesOf(text: string): Line[] {
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line)
}

const numbers = (lines: readonly Line[]): readonly number[] => lines.flatMap(({ at }) => at ?? [])
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

describe.each([
  ['the program comes to its end', 'write(500); await finish()', 0],
  ['it just ends', 'write(500)', 0],
  ['it exits at once', 'write(500); process.exit(3)', 3],
  ['it exits while it writes', 'write(500); setTimeout(() => process.exit(3), 6)', 3],
  ['it throws', 'write(500); throw new Error()', 3],
  ['it stands still, and exits', 'write(500); setTimeout(() => { stand(1500); process.exit(3) }, 6)', 3],
  ['it stands still, and comes to its end', 'write(500); setTimeout(() => { stand(1500); finish() }, 6)', 0],
])('all lines are there, in their order, when %s', (_how, program, code) => {
  test('and they go into a file', async () => {
    const path = join(folder, `${String(++files)}.log`)
    expect(await run(program, openSync(path, 'a'))).toMatchObject({ code })
    expect(numbers(linesOf(readFileSync(path, 'utf8')))).toEqual(upTo(500))
  })

  test.each([0, 300])('and their reader begins %i ms later', async (later) => {
    const pipe = makePipe()
    const ended = run(program, pipe.output)
    await pause(later)
    expect(numbers(await readAll(pipe))).toEqual(upTo(500))
    expect(await ended).toMatchObject({ code })
  })
})

test.each([
  ['they come to their end', 'write(400); await finish()'],
  ['they exit at once', 'write(400); process.exit(0)'],
])('lines of several processes at one pipe never mix, and each keeps its order, when %s', async (_how, program) => {
  const pipe = makePipe()
  const again = openSync(`/proc/self/fd/${String(pipe.hold)}`, 'w')
  const both = [pipe.output, again].map(async (end) => run(program, end, true))
  const lines = await readAll(pipe)
  await Promise.all(both)
  const writers = [...new Set(lines.map(({ who }) => who))]
  expect(writers).toHaveLength(2)
  for (const writer of writers) expect(numbers(lines.filter(({ who }) => who === writer))).toEqual(upTo(400))
})

test('what a stalled reader cannot take waits, up to a megabyte; the rest is dropped, and counted', async () => {
  const pipe = makePipe()
  const ended = run(
    'write(5000); setTimeout(async () => { log.info({ at: 5000 }); await finish() }, 2000)',
    pipe.output,
  )
  await pause(1000)
  const lines = await readAll(pipe)
  const there = numbers(lines)
  const lost = lines.flatMap(({ lines: count }) => count ?? [])
  expect(await ended).toMatchObject({ code: 0 })
  expect(there.slice(0, -1)).toEqual(upTo(there.length - 1))
  expect([there.at(-1), lost]).toEqual([5000, [5001 - there.length]])
  expect(there.length).toBeGreaterThan(900)
})

describe.each([
  ['a full disk', () => openSync('/dev/full', 'w')],
  [
    'a reader that has gone',
    () => {
      const { output, hold } = makePipe()
      closeSync(hold)
      return output
    },
  ],
  ['a reader that has stalled', () => makePipe().output],
])('%s keeps the program from no end', (what, open) => {
  test.each([
    ['by itself', 'await finish()', 0],
    ['that just comes', '', 0],
    ['at once', 'process.exit(0)', 0],
    ['later', 'setTimeout(() => process.exit(0), 1500)', 0],
    ['by an error', 'throw new Error()', 3],
  ])('%s', async (_how, end, code) => {
    const ended = await run(`write(300); ${end}`, open())
    expect(ended.ms).toBeLessThan(8000)
    expect([what, ended.code ?? ended.signal]).toEqual([what, code])
  })
})
