/** The service in the preset hardened, as people deploy it: behind a proxy that is trusted, with a mail server, over people who are there already. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DB } from '../packages/server/dist/index.js'
import { launch, start } from './program.js'
import { People } from './tells-people.js'

const root = join(import.meta.dirname, '..')
/** The program, over the database whose address comes last. */
export const SERVE = [join(root, 'packages/server/bin/bienvenue.js'), 'serve', '--port', '0', '--database-url']

/**
 * Starts it, over people whom `fill` puts into its database; resolves to its port, the id of its process, and what `fill` returned. As the proxy is trusted, each
 * request may come from a source of its own.
 * @param {string} folder - Where its files go.
 * @param {(people: People) => Promise<any>} fill
 */
export async function startHardened(folder, fill) {
  const secret = randomBytes(32).toString('base64url')
  const database = `sqlite:${join(folder, 'hardened.db')}`
  const db = await DB.open(database, { secrets: [secret] })
  const filled = await fill(await People.in(db, 'hardened'))
  await db.close()
  const mailPort = await start([join(root, 'bench/mail-server.js')], { cwd: folder })
  const env = {
    BIENVENUE_PRESET: 'hardened',
    BIENVENUE_URL: 'https://id.example.test',
    BIENVENUE_SECRET: secret,
    BIENVENUE_SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    BIENVENUE_MAIL_FROM: 'Example <accounts@example.test>',
    BIENVENUE_TRUSTED_PROXIES: '127.0.0.1',
  }
  const { port, pid } = await launch([process.execPath, ...SERVE, database], { cwd: folder, env })
  return { port, pid, filled }
}
