/** Supabase's own PostgreSQL: the table auth.users, and who of them has a second factor. */
import type { ImportSource } from '../../moving/record.ts'
import { SUPABASE_COLUMNS, supabaseRecord } from '../../moving/supabase.ts'
import type { Lookup } from '../dialects/sqlite-lookup.ts'
import type { ForeignTable } from './table.ts'
import { openTwoTables } from './two-tables.ts'

/** The accounts of a project. @throws {UnreadableSource} where the database has none. @throws {DatabaseUnavailable} when it cannot be reached. */
export async function openSupabase(url: string, now: Date): Promise<ImportSource> {
  return openTwoTables(url, {
    people: 'auth.users',
    other: 'auth.mfa_factors',
    keep: keepFactors,
    shapeFrom: (_users, kept) => ({
      form: 'supabase',
      columns: SUPABASE_COLUMNS,
      needed: ['id', 'email', 'encrypted_password'],
      recordFrom: (row, left) =>
        supabaseRecord({ ...row, second_factor: kept.find(String(row['id'])).length > 0 }, left, now),
    }),
  })
}

/** Keeps who has a second factor. */
async function keepFactors(factors: ForeignTable, kept: Lookup): Promise<void> {
  for await (const { values } of factors.rows(['user_id', 'status']))
    if (values['status'] === 'verified') kept.keep(String(values['user_id']), 'verified')
}
