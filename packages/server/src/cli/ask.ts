/** Asks people at a terminal. From a pipe the answer is the first line. */
import { createInterface } from 'node:readline/promises'
import { UsageError } from './explain.ts'

/** Asks for a new password: twice at a terminal, where nothing shows what was typed. */
export async function askNewPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine()
  const { isCancel, password } = await import('@clack/prompts')
  const first = await password({ message: 'Password' })
  const second = isCancel(first) ? first : await password({ message: 'The same again' })
  if (isCancel(first) || isCancel(second)) throw new UsageError('nothing was changed')
  if (first !== second) throw new UsageError('the two passwords differ; nothing was changed')
  return first
}

/** Asks whether to go on. Where nobody can answer, the caller must have said `--yes`. */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('nobody is there to confirm; say --yes')
  const { confirm } = await import('@clack/prompts')
  return (await confirm({ message: question, initialValue: false })) === true
}

/** The first line of standard input. */
async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line
  throw new UsageError('no password came on standard input')
}
