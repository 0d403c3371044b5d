/** A second PostgreSQL that follows the first, and can take its place. */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { own, PostgresServer } from './postgres-server.ts'

const LEFT_OUT: ReadonlySet<string> = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot'])

/** What a server must be set to so that others can follow it. */
export const FOLLOWED = { wal_level: 'replica', max_wal_senders: '4', full_page_writes: 'on' }

/** Makes a server that follows this one; from then on nothing counts as stored before both have it. */
export async function makeStandby(primary: PostgresServer): Promise<PostgresServer> {
  const fill = async (data: string): Promise<void> => copyOf(primary, data)
  const standby = await PostgresServer.make({ settings: FOLLOWED, fill })
  await primary.run("alter system set synchronous_standby_names = '*'", 'select pg_reload_conf()')
  for (let tries = 0; tries < 400; tries++) {
    const { rowCount } = await primary.run("select 1 from pg_stat_replication where sync_state = 'sync'")
    if (rowCount === 1) return standby
    await pause(25)
  }
  throw new Error('the standby does not follow')
}

/** Copies what a running server stores, with the notes by which the copy finds the rest. */
async function copyOf(primary: PostgresServer, data: string): Promise<void> {
  const client = new pg.Client(primary.url('postgres'))
  await client.connect()
  await client.query("select pg_backup_start('standby', true)")
  const filter = (path: string): boolean => !LEFT_OUT.has(basename(path))
  cpSync(primary.data, data, { recursive: true, filter, preserveTimestamps: true })
  for (const folder of ['pg_wal', 'pg_replslot']) mkdirSync(join(data, folder), { mode: 0o700 })
  const { rows } = await client.query<{ readonly labelfile: string }>('select labelfile from pg_backup_stop(false)')
  await client.end()
  writeFileSync(join(data, 'backup_label'), rows[0]?.labelfile ?? '')
  writeFileSync(join(data, 'standby.signal'), '')
  const source = `host=127.0.0.1 port=${String(primary.port)} user=postgres application_name=standby`
  writeFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`)
  rmSync(join(data, 'backup_manifest'), { force: true })
  own(data)
  for (const entry of readdirSync(data, { recursive: true, encoding: 'utf8' })) own(join(data, entry))
}
