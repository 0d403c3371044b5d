/** Asks people at a terminal. From a pipe the answer is the first line. */
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

/** Lets a question be asked, unless nobody is there to answer it. @throws {UsageError} where the caller must have said `--yes`. */
export function refuseUnanswered(): void {
  if (!process.stdin.isTTY) throw new UsageError('nobody is there to confirm; say --yes')
}

/** Asks whether to go on. @throws {UsageError} where nobody can answer. */
export async function confirmed(question: string): Promise<boolean> {
  refuseUnanswered()
  const { confirm } = await import('@clack/prompts')
  return (await confirm({ message: question, initialValue: false })) === true
}

/** The first line of standard input, without its end. Broken text would be taken as other text, so it is refused. */
async function firstLine(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    if (chunk.includes('\n')) break
  }
  const line = /^[^\n]*?(?=\r?\n|$)/.exec(decode(Buffer.concat(chunks)))?.[0] ?? ''
  if (line === '') throw new UsageError('no password came on standard input')
  return line
}

/** Bytes as UTF-8 text. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UsageError('the password on standard input is not UTF-8')
  }
}
