/** What a database holds, for tests that look whether anything changed. */
import { openEngine } from '../../src/db/open.ts'
import { SECRET } from './databases.ts'

/** Every row of every table, read over a connection of its own: but for the seals over the record and the claims of work, which come by themselves. */
export async function contentsOf(url: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  try {
    const tables = await engine.kysely.introspection.getTables()
    const contents: Record<string, readonly unknown[]> = {}
    for (const { name } of tables.filter((table) => !['claims', 'seals'].includes(table.name))) {
      contents[name] = await engine.kysely
        .selectFrom(name as 'users')
        .selectAll()
        .execute()
    }
    return contents
  } finally {
    await engine.close()
  }
}
