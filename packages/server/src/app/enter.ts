/** From a login to the cookies of this browser, for all pages that log somebody in. */
import type { FastifyReply } from 'fastify'
import type { LoggedIn } from '../auth/login.ts'
import type { Site } from './site.ts'

/** Hands out the session, and what the account knows this browser by. */
export function enter(
  reply: FastifyReply,
  { cookies }: Pick<Site, 'cookies'>,
  { token, device }: LoggedIn,
  remember: boolean,
): void {
  cookies.session.write(reply, token, remember ? cookies.rememberedSeconds : null)
  if (device !== null) cookies.device.write(reply, device, cookies.deviceSeconds)
}
