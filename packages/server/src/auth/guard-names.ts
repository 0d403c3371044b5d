/** Under which names the guards count: keyed hashes, from which nobody can tell whose they are. */
import { countedNetworks } from '../addresses.ts'
import type { LimitKey } from '../db/limits.ts'
import type { CanonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import { subjectOfEmail } from './audit-text.ts'
import type { Counted, Share } from './counters.ts'
import type { Deps } from './deps.ts'
import { anHoursBudget } from './guard-numbers.ts'
import type { Limited } from './refusals.ts'

/** Names by what is counted. */
export class GuardNames {
  readonly #deps: Pick<Deps, 'db'>

  /** Works with the keys of the storage. */
  constructor(deps: Pick<Deps, 'db'>) {
    this.#deps = deps
  }

  /** What strangers try at an email. */
  account(key: CanonicalEmail): LimitKey {
    return this.#of('account', key)
  }

  /** What is tried at an email from one of its devices. */
  device(key: CanonicalEmail, device: string): LimitKey {
    return this.#of('device', `${key}:${device}`)
  }

  /** What is tried at an email from the network in which a mailed link of it was followed. */
  rebound(key: CanonicalEmail, source: string): LimitKey {
    return this.#of('rebound', `${key} ${networkOf(source)}`)
  }

  /** What is tried at a live session of a person, or with a link. */
  proof(userId: UserId): LimitKey {
    return this.#of('proof', String(userId))
  }

  /** The budget of a person for acts of a kind. */
  shareOf(limited: Limited, userId: UserId, most: number): Share {
    return { by: 'person', key: this.#of(limited, String(userId)), budget: anHoursBudget(most) }
  }

  /** The budgets of the networks of a source for acts of a kind; none where nobody says where they come from. */
  sharesOf(limited: Limited, source: string | undefined, most: number): readonly Share[] {
    return (source === undefined ? [] : countedNetworks(source)).map(({ name, shares }) => ({
      by: 'source',
      key: this.#of(`source ${limited}`, name),
      budget: anHoursBudget(most * shares),
    }))
  }

  /** Whom a refused login is about, for the audit. */
  about(source: string | undefined, key: CanonicalEmail | null): Counted['about'] {
    return { source: source ?? null, subject: key === null ? null : subjectOfEmail(this.#deps, key), userId: null }
  }

  /** The name under which something is counted. */
  #of(what: string, whose: string): LimitKey {
    return this.#deps.db.keys.nameOf(`${what}:${whose}`) as LimitKey
  }
}

/** The network by which a source takes turns: the narrowest as which it is counted. */
export function networkOf(source: string): string {
  return countedNetworks(source)[0]?.name ?? source
}
