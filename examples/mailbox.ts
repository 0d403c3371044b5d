/**
 * A mailbox for trying things out: takes every letter on 127.0.0.1, and prints to whom it goes and the first link in it.
 * Run it with `node examples/mailbox.ts 2525`, and set BIENVENUE_SMTP_URL=smtp://127.0.0.1:2525.
 */
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { argv } from 'node:process'
import { createInterface } from 'node:readline'

/** The first link in a letter as it was sent: long lines are broken with `=`, and `=3D` is a `=`. */
function firstLink(letter: string): string {
  const text = letter
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return /https?:\/\/[^\s"<>]+/.exec(text)?.[0] ?? 'no link'
}

/** The lines of a letter, up to the dot that ends it. */
async function letterFrom(lines: AsyncIterator<string>): Promise<string> {
  let letter = ''
  for (let line = await lines.next(); line.done !== true && line.value !== '.'; line = await lines.next())
    letter += `${line.value.replace(/^\.\./, '.')}\n`
  return letter
}

/** Says what a mail server says, and takes everything. */
async function serve(socket: Socket): Promise<void> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  let to = ''
  socket.write('220 mailbox\r\n')
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const command = line.value.slice(0, 4).toUpperCase()
    if (command === 'RCPT') to = /<(.*)>/.exec(line.value)?.[1] ?? ''
    socket.write(command === 'DATA' ? '354 go on\r\n' : command === 'QUIT' ? '221 bye\r\n' : '250 fine\r\n')
    if (command !== 'DATA') continue
    console.log(`letter to ${to}: ${firstLink(await letterFrom(lines))}`)
    socket.write('250 taken\r\n')
  }
}

createServer((socket) => {
  socket.on('error', () => undefined) // it went away: nothing is lost
  void serve(socket)
}).listen(Number(argv[2] ?? 2525), '127.0.0.1')
