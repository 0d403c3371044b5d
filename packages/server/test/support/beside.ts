/** What tests do to a database beside the service. */
import { sql } from 'kysely'
import { openEngine } from '../../src/db/open.ts'
import { isPostgres } from '../../src/database-address.ts'
import { SECRET } from './databases.ts'

const SQLITE = "create trigger breaks before delete on sessions begin select raise(abort, 'broken here'); end"
const POSTGRES = `create function breaks() returns trigger language plpgsql as $$ begin raise 'broken here'; end $$;
  create trigger breaks before delete on sessions for each row execute function breaks()`

/** Lets every removal of a session fail, until the returned function is called. */
export async function breakSessions(url: string): Promise<() => Promise<void>> {
  await runBeside(url, isPostgres(url) ? POSTGRES : SQLITE)
  return async () => runBeside(url, isPostgres(url) ? 'drop trigger breaks on sessions' : 'drop trigger breaks')
}

/** Runs statements on a connection of their own. */
export async function runBeside(url: string, statements: string): Promise<void> {
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  await sql.raw(statements).execute(engine.kysely)
  await engine.close()
}
