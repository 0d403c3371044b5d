/** The examples of the README and of docs/ run as a reader would run them, and print what the pages say. */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alike, blocksIn, blocksOf, pages, printsOf, root, stepsOf } from './support/doc-blocks.ts'
import type { Block } from './support/doc-blocks.ts'

const ADDRESS = 'http://127.0.0.1:5000' // as the pages have it
const COMMAND = join(root, 'packages/server/bin/bienvenue.js')
const END_OF_STEP = '\u001e'
const PARTS = ['what it promises', 'settings', 'refusals', 'events', 'what it holds off', 'in the source', 'examples']

const all = pages().flatMap((page) => blocksOf(page))
const run = all.filter(({ language, notRun }) => /^(?:bash|ts)$/.test(language) && notRun === null)
const codes = ['errors.ts', 'app/refusals.ts'].flatMap((name) => {
  const source = readFileSync(join(root, 'packages/server/src', name), 'utf8')
  return [...source.matchAll(/^\s*\| '(.*)'$/gm)].map(([, code]) => code!)
})
const rooms = [...new Set(codes.map((code) => code.split('.')[0]!))]
const PAGE_OF: Readonly<Record<string, string>> = { limits: 'guarding' } // the other rooms have pages of their name

const top = mkdtempSync(join(tmpdir(), 'bienvenue-docs-'))
afterAll(() => {
  rmSync(top, { recursive: true, maxRetries: 5 })
})

/** A folder as a reader has one: a project with the package installed. */
function project(name: string): string {
  const folder = join(top, name.replaceAll('/', '-'))
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** The environment of a reader: nothing of ours, and a port that is free. */
function environment(folder: string): NodeJS.ProcessEnv {
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`
  return { PATH: path, HOME: folder, npm_config_offline: 'true', npm_config_update_notifier: 'false' }
}

/** Where a block stands. */
const place = ({ page, line }: Block) => `${page}:${line}`

/** A program that serves, and the address that its first line names. */
interface Server {
  readonly child: ChildProcess
  readonly address: string
}

/** Starts a program that serves, in this folder, on a free port. */
async function serve(folder: string, ...args: string[]): Promise<Server> {
  const env = { ...environment(folder), PORT: '0' }
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (address === undefined) break
    child.stdout.resume()
    return { child, address }
  }
  throw new Error(`${args.join(' ')} ended before it listened`)
}

/** Ends what serves. */
async function end({ child }: Server): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** Runs a block for the shell against this address: of each step, the commands and the lines that they printed. */
function printed({ code }: Pick<Block, 'code'>, folder: string, address: string) {
  const steps = stepsOf(code)
  const script = steps
    .map(({ commands }) => `${commands.replaceAll(ADDRESS, address)}\nprintf '\\n${END_OF_STEP}\\n'\n`)
    .join('')
  const { stdout, stderr, status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    env: environment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: 20_000,
  })
  if (status !== 0) throw new Error(`it ended with ${String(status)}:\n${stdout}\n${stderr}`)
  const outputs = stdout.replaceAll(address, ADDRESS).split(`${END_OF_STEP}\n`)
  return steps.map(({ commands }, index) => ({
    commands,
    prints: alike(outputs[index] ?? '')
      .trimEnd()
      .split('\n'),
  }))
}

/** What a block for the shell says that it prints, in the same shape. */
function promised({ code }: Pick<Block, 'code'>) {
  return stepsOf(code).map(({ commands, prints }) => ({
    commands,
    prints: prints.length === 0 ? [''] : prints.map(alike),
  }))
}

/** Runs a program to its end, and returns the lines that it printed. */
function printedBy(program: string, folder: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program], {
    cwd: folder,
    env: environment(folder),
    encoding: 'utf8',
    timeout: 20_000,
  })
  if (status !== 0) throw new Error(`it ended with ${String(status)}:\n${stdout}\n${stderr}`)
  return alike(stdout).split('\n')
}

describe.each([...new Set(run.map(({ page }) => page))])('%s', (page) => {
  const blocks = run.filter((block) => block.page === page)
  let folder: string
  let server: Server
  beforeAll(async () => {
    folder = project(page)
    server = await serve(folder, COMMAND, 'serve')
  })
  afterAll(async () => end(server))

  test.for(blocks.map((block) => [block.line, block.language, block] as const))('line %i: %s', async ([, , block]) => {
    if (block.needs !== null && spawnSync('which', [block.needs]).status !== 0) {
      throw new Error(`this example needs ${block.needs}: install Debian’s package ${block.needs}`)
    }
    if (block.serves !== null) {
      writeFileSync(join(folder, block.serves), block.code)
      await end(server)
      server = await serve(folder, block.serves)
    } else if (block.language === 'bash') {
      expect(printed(block, folder, server.address)).toEqual(promised(block))
    } else {
      const own = project(place(block))
      writeFileSync(join(own, 'example.ts'), block.code)
      const lines = printedBy('example.ts', own)
      const expected = printsOf(block.code).map(alike)
      expect(lines.filter((line) => expected.includes(line))).toEqual(expected)
    }
  })
})

test('the programs on the pages agree with the types of the package', () => {
  const folder = project('types')
  const programs = run.filter(({ language }) => language === 'ts')
  const names = programs.map((block) => `${place(block).replace(/[/:]/g, '-')}.ts`)
  for (const [index, { code }] of programs.entries()) writeFileSync(join(folder, names[index]!), code)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: join(root, 'tsconfig.json'), files: names }))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
})

test('these examples are not run, each for a reason', () => {
  const exempt = all.filter(({ notRun }) => notRun !== null)
  expect(exempt.map(({ page, code, notRun }) => `${page}: ${code.split('\n')[0]!}: ${notRun!}`)).toEqual([
    'README.md: npm ci && npm start   # builds, then serves on http://127.0.0.1:5000: .ci/run and every start do it',
    'docs/app-in-an-afternoon.md: npm ci && npm pack --workspace bienvenue    # in the clone: makes bienvenue-0.1.0.tgz: it installs from the net',
  ])
})

test('every picture is shown on a page', () => {
  const shown = pages()
    .map((page) => readFileSync(join(root, page), 'utf8'))
    .join('\n')
  const pictures = readdirSync(join(root, 'docs/screenshots'))
  expect(pictures.filter((name) => !shown.includes(`](screenshots/${name})`))).toEqual([])
})

test('no example hides behind another name of its language', () => {
  const others = all.filter(({ language }) => !['bash', 'ts', 'json', ''].includes(language))
  const places = new Set(others.map(({ language, page }) => `${language} in ${page}`))
  expect([...places]).toEqual(['sql in docs/audit.md']) // audit-role.test.ts runs those
})

describe('an example that is no longer true', () => {
  const block = (code: string) => blocksIn('page.md', `\`\`\`bash\n${code}\n\`\`\`\n`)[0]!

  test('is found: another answer, one answer too many, one too few, a command that fails', () => {
    const right = block('echo one\n# one\necho two; echo three\n# two\n# three')
    expect(printed(right, top, ADDRESS)).toEqual(promised(right))
    for (const code of ['echo one\n# two', 'echo one', 'true\n# one', 'echo one; echo two\n# one']) {
      expect(printed(block(code), top, ADDRESS)).not.toEqual(promised(block(code)))
    }
    expect(() => printed(block('false'), top, ADDRESS)).toThrow('it ended with 1')
  })

  test('differs in more than its tokens, ids, instants and dates', () => {
    const token = (sign: string) => `90d8bfe4-180d-4dca-ad21-fe1233ed0b51.${sign.repeat(43)}`
    expect(alike(`{"reset_token":"${token('a')}"}`)).toBe(alike(`{"reset_token":"${token('b')}"}`))
    expect(alike(`{"reset_token":"${token('a')}"}`)).not.toBe(alike('{"reset_token":"90d8bfe4"}'))
    expect(alike('1  2026-11-21  unverified')).toBe(alike('1  2027-01-01  unverified'))
    expect(alike('1  2026-11-21  unverified')).not.toBe(alike('1  2026-11-21  verified'))
  })
})

describe.each(rooms)('the page of the room %s', (room) => {
  const text = readFileSync(join(root, `docs/${PAGE_OF[room] ?? room}.md`), 'utf8')

  test('has the parts that every such page has, in their order', () => {
    const titles = [...text.matchAll(/^## (?:Its )?(.*)$/gm)].map(([, title]) => title!.toLowerCase())
    expect(titles.filter((title) => PARTS.includes(title))).toEqual(PARTS)
  })

  test('lists the refusals of its room', () => {
    for (const code of codes.filter((name) => name.startsWith(`${room}.`))) expect(text).toContain(`| \`${code}\``)
  })

  test('names for each attack the test files that try it', () => {
    const [, attacks = ''] = /^## What it holds off\n\n.*\n.*\n((?:\|.*\n)+)/m.exec(text) ?? []
    const rows = attacks.trimEnd().split('\n')
    expect(rows.length).toBeGreaterThan(3)
    expect(rows.filter((row) => !/\(\.\.\/packages\/server\/test\/[\w/-]+\.test\.ts\) *\|$/.test(row))).toEqual([])
  })
})
