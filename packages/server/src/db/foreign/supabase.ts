/** Supabase's own PostgreSQL: the table auth.users, and who of them has a second factor. */
import type { ImportSource } from '../../moving/record.ts'
import { SUPABASE_COLUMNS, supabaseRecord } from '../../moving/supabase.ts'
import { Lookup } from '../dialects/sqlite-lookup.ts'
import { openForeignTable } from './open.ts'
import { ForeignSource } from './source.ts'
import type { ForeignTable } from './table.ts'

/** The accounts of a project. @throws {UnreadableSource} where the database has none. @throws {DatabaseUnavailable} when it cannot be reached. */
export async function openSupabase(url: string, now: Date): Promise<ImportSource> {
  const factors = await openForeignTable(url, 'auth.mfa_factors')
  const kept = new Lookup()
  try {
    await keepFactors(factors, kept)
    return usersWith(kept, await openForeignTable(url, 'auth.users'), now)
  } catch (error) {
    kept.close()
    throw error
  }
}

/** Keeps who has a second factor. */
async function keepFactors(factors: ForeignTable, kept: Lookup): Promise<void> {
  try {
    for await (const { values } of factors.rows(['user_id', 'status']))
      if (values['status'] === 'verified') kept.keep(String(values['user_id']), 'verified')
  } finally {
    await factors.close()
  }
}

/** The accounts of the table auth.users. @throws {UnreadableSource} where it is none of Supabase. */
function usersWith(kept: Lookup, table: ForeignTable, now: Date): ImportSource {
  const close = async (): Promise<void> => {
    kept.close()
    await table.close()
  }
  return new ForeignSource(
    { ...table, close },
    {
      form: 'supabase',
      columns: SUPABASE_COLUMNS,
      needed: ['id', 'email', 'encrypted_password'],
      recordFrom: (row, left) =>
        supabaseRecord({ ...row, second_factor: kept.find(String(row['id'])).length > 0 }, left, now),
    },
  )
}
