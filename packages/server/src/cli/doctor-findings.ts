/** What is wrong with how a service sees its visitors. */
import { namesClient } from '../app/doctor-view.ts'
import type { ServiceView } from '../app/doctor-view.ts'
import { isLoopback } from '../settings-safety.ts'
import type { Seen } from './doctor-ask.ts'

const ALIKE = 'all people look like one person:'

/** What to warn of, as sentences; none when all is as it should be. `own` are the addresses of this machine. */
export function warningsFor({ view, isCached }: Seen, asked: URL, own: ReadonlySet<string>): readonly string[] {
  const alike = whyAlike(view, asked, own)
  return [
    ...(alike === null ? [] : [`${ALIKE} ${alike}`]),
    ...differences(view, asked),
    ...(isCached
      ? ['a cache stands between: it must keep nothing of the service, whose answers all say Cache-Control: no-store']
      : []),
  ]
}

/** Why limits and letters would take everybody for one, or null when they would not. */
function whyAlike(
  { peer, peerIsTrusted, client, clientIs, forwarding }: ServiceView,
  asked: URL,
  own: ReadonlySet<string>,
): string | null {
  const isPublic = !isLoopback(asked.hostname)
  if (!peerIsTrusted && forwarding.some(namesClient))
    return `${peer} says for whom it asks, and is not believed; if it is your proxy, set BIENVENUE_TRUSTED_PROXIES=${peer}`
  if (peerIsTrusted && !forwarding.some(namesClient))
    return `the service sees ${client}, which is a trusted proxy that does not say for whom it asks: let it send X-Forwarded-For`
  if (clientIs === 'a trusted proxy' && isPublic)
    return `the service sees ${client}, which is a trusted proxy: let it send X-Forwarded-For with the address of who asks (or ask from a machine that is no proxy)`
  if (clientIs === 'loopback' && isPublic)
    return `the service sees ${client}; if a proxy runs on its machine, let it send X-Forwarded-For, and set BIENVENUE_TRUSTED_PROXIES=${client}`
  if (clientIs === 'private' && isPublic && !own.has(client))
    return `the service sees ${client}, which is no address of this machine; if it is a proxy or a gateway of yours, let it send X-Forwarded-For, and set BIENVENUE_TRUSTED_PROXIES=${client}`
  return null
}

/** Where the address that was asked, the one that is set, and what the service sees are not the same. */
function differences({ url, scheme, host }: ServiceView, asked: URL): readonly string[] {
  const set = new URL(url ?? asked.href)
  const rows: readonly (readonly [what: string, set: string, seen: string, advice: string])[] = [
    ['scheme', plainScheme(set), plainScheme(asked), ASK_THERE],
    ['host', set.host, asked.host, ASK_THERE],
    ['path', plainPath(set), plainPath(asked), ASK_THERE],
    ['scheme that the service sees', plainScheme(set), scheme, 'let the proxy send X-Forwarded-Proto, and be trusted'],
    ['host that the service sees', set.host, host.toLowerCase(), 'let the proxy pass the Host on'],
  ]
  return rows
    .filter(([, expected, seen]) => expected !== seen)
    .map(
      ([what, expected, seen, advice]) => `the ${what} is ${seen}, and that of BIENVENUE_URL is ${expected}: ${advice}`,
    )
}

const ASK_THERE = 'ask under the address that is set, or set the one that people use'

/** A scheme without the colon at its end. */
function plainScheme({ protocol }: URL): string {
  return protocol.slice(0, -1)
}

/** A path without the slash at its end. */
function plainPath({ pathname }: URL): string {
  return pathname.replace(/\/+$/, '') || '/'
}
