/** Step 0: which tables there are, and which columns. */
import { DB } from 'bienvenue'
import { rowsOf, withFile } from '../kit.ts'

await withFile(async (path) => {
  const db = await DB.open(`sqlite:${path}`)
  await db.close()
  for (const table of ['users', 'passwords', 'sessions', 'tokens']) {
    console.log(table)
    for (const { name, type } of rowsOf(path, `select name, type from pragma_table_info('${table}')`)) {
      console.log(`${table}.${String(name)}: ${String(type).toUpperCase()}`)
    }
  }
})
