/** A service as a test needs it: real storage, a real socket on a free port, a clock that the test moves, a log that the test reads. */
import { Writable } from 'node:stream'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { Logger } from 'pino'
import { openService } from '../../src/service.ts'
import type { Outside, Service, ServiceOptions } from '../../src/service.ts'
import type { SomeSettings } from '../../src/settings.ts'
import { isPostgres } from '../../src/database-address.ts'
import { CheapHasher } from './cheap-hasher.ts'
import { TestClock } from './clock.ts'
import { SECRET } from './databases.ts'
import { send, sessionOf } from './http.ts'
import type { Answer, RequestOptions } from './http.ts'

/** A running service with what a test reads and moves. */
export interface TestService extends Service {
  readonly port: number
  readonly clock: TestClock
  readonly hasher: CheapHasher
  /** Every line that was logged, at the finest level. */
  readonly logged: string[]
  send(method: string, path: string, options?: RequestOptions): Promise<Answer>
}

/** A log at the finest level, line by line into this list. */
export function logInto(logged: string[]): Logger {
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done): void {
      logged.push(chunk.toString())
      done()
    },
  })
  return pino({ level: 'trace' }, lines)
}

/** What a test may say of its service. */
export type TestOptions = Pick<ServiceOptions, 'preset' | 'url'>

/** Starts a service on this database. The test closes it. */
export async function startTestService(
  database: string,
  settings: SomeSettings = {},
  outside: Outside = {},
  options: TestOptions = {},
): Promise<TestService> {
  const clock = new TestClock()
  const hasher = new CheapHasher()
  const logged: string[] = []
  const log = logInto(logged)
  const service = await openService(
    {
      ...options,
      database,
      settings: {
        ...settings,
        ...(isPostgres(database) && { service: { secret: SECRET, ...settings.service } }),
        http: { port: 0, ...settings.http },
      },
      log,
    },
    { now: clock.now, hasher, ...outside },
  )
  await service.listen()
  const { port } = service.app.server.address() as AddressInfo
  const sessionName = service.settings.sessions.secureCookie ? '__Host-session_id' : 'session_id'
  return {
    ...service,
    port,
    clock,
    hasher,
    logged,
    send: async (method, path, request) => send(port, method, path, { sessionName, ...request }),
  }
}

/** Starts a service on this database with one person in it, who is logged in. The test closes it. */
export async function startWith(
  person: { readonly email: string; readonly password: string },
  database: string,
): Promise<{ readonly service: TestService; readonly session: string }> {
  const service = await startTestService(database)
  await service.send('POST', '/users', { form: person })
  return { service, session: sessionOf(await service.send('POST', '/sessions', { form: person })) ?? '' }
}
