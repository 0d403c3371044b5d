/** The command within this process, as if a person sat at a terminal: what it says meanwhile stands in a line that changes. */
import { onTestFinished, vi } from 'vitest'
import { run } from '../../src/cli/run.ts'

/** What a command wrote, and where, in its order. */
export interface Written {
  readonly code: number
  readonly parts: readonly (readonly [where: 'out' | 'err', text: string])[]
}

/** Runs the command; each look at the clock is two seconds later than the one before, so that it says each time how far it is. */
export async function runAtTerminal(args: readonly string[]): Promise<Written> {
  const parts: (readonly ['out' | 'err', string])[] = []
  const wasTerminal = process.stderr.isTTY
  process.stderr.isTTY = true
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 2000))
  for (const [where, stream] of [
    ['out', process.stdout],
    ['err', process.stderr],
  ] as const)
    vi.spyOn(stream, 'write').mockImplementation((chunk) => parts.push([where, String(chunk)]) > 0)
  onTestFinished(() => {
    vi.restoreAllMocks()
    process.stderr.isTTY = wasTerminal
  })
  const code = await run(args)
  vi.restoreAllMocks()
  return { code, parts }
}
