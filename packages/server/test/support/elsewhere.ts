/** Apps where strangers can reach them: what is for whoever sits at this machine must not be there. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../src/app/app.ts'
import type { Auth } from '../../src/auth/auth.ts'
import { settingsOf } from '../../src/settings-list.ts'

/** What is to be closed at the end. */
export type Running = { close: () => unknown }[]

/** Makes an app of `classic` listen on every address, mounts another in a server that is not ours, and resolves to the two ports. */
export async function startElsewhere(auth: Auth, running: Running): Promise<readonly number[]> {
  const listening = createApp(auth, settingsOf('classic'))
  running.push(listening)
  await listening.listen({ port: 0, host: '0.0.0.0' })
  const mounted = createApp(auth, settingsOf('classic'))
  await mounted.ready()
  const server = createServer((request, response) => {
    mounted.routing(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  running.push(mounted, { close: () => server.close() })
  return [listening.server, server].map((each) => (each.address() as AddressInfo).port)
}
