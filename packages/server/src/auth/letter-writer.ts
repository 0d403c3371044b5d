/** Writes a letter from what its row says, and makes the token that goes into it: no row that waits holds one. */
import { parseToken } from '../crypto/token.ts'
import type { Token } from '../crypto/token.ts'
import type { StoredOutboxEntry } from '../db/outbox.ts'
import { mailAddress } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { isLanguage } from '../language.ts'
import { writeLetter } from '../mail/letters.ts'
import type { LetterKind, Letters } from '../mail/letters.ts'
import type { OutgoingLetter } from '../mail/mailer.ts'
import { brand } from '../settings-brand.ts'
import type { Settings } from '../settings.ts'
import type { Deps } from './deps.ts'
import { linkIn, linkOf, RESET } from './links.ts'
import type { Link } from './links.ts'
import { addToken } from './tokens.ts'

const NAMELESS = brand.name.hardened // both presets begin with it

/** A letter, and the id of the token that was made for it. */
export interface Written {
  readonly letter: OutgoingLetter
  readonly tokenId: string
}

/** Writes letters. */
export class LetterWriter {
  readonly #deps: Deps

  /** Writes with the links and the names of this service. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * The letter with its text, in the language that is wanted if it is one of ours; null where another deed has taken the row back. A row that
   * is no letter is written like one, and a letter without a link has a token made for it as well: else the work behind an answer would tell
   * what the answer does not. [ASVS 6.3.8]
   */
  async write(entry: StoredOutboxEntry, wanted: unknown): Promise<Written | null> {
    const { settings } = this.#deps
    const kind = entry.kind === 'none' ? 'reset_password' : (entry.kind as LetterKind)
    const link = linkIn(kind)
    const token = await this.#makeToken(entry, link ?? RESET)
    if (token === null) return null
    const url = linkOf(settings, null)
    const service = { name: nameOf(settings, url), url }
    const facts = this.#factsOf(entry, link, token) as Letters[LetterKind]
    const { subject, text, html } = writeLetter(kind, facts, service, isLanguage(wanted) ? wanted : undefined)
    return { letter: { to: mailAddress(entry.email), subject, text, html }, tokenId: parseToken(token)?.id ?? '' }
  }

  /** What the letter says, with a link that works from now on. */
  #factsOf(entry: StoredOutboxEntry, link: Link | undefined, token: Token): object {
    const { settings, now } = this.#deps
    const { at = now().getTime(), ...facts } = entry.facts
    const told = { ...facts, at: new Date(at) }
    if (link === undefined) return told
    return {
      ...told,
      ...link.life(settings, this.#restMsOf(entry)).said,
      link: linkOf(settings, { kind: link.page, token }),
    }
  }

  /** The token of a letter, made only now: no row that waits holds one. Null where the letter was taken back. */
  async #makeToken(entry: StoredOutboxEntry, { purpose, life }: Link): Promise<Token | null> {
    const { id, userId, key } = entry
    const { lifeMs } = life(this.#deps.settings, this.#restMsOf(entry))
    const { from = key, newEmail = null } = entry.facts
    const binding = { purpose, userId, email: from as CanonicalEmail, newEmail: newEmail as string | null }
    return this.#deps.db.transaction(async (tx) =>
      (await tx.outbox.isThere(id)) ? addToken(this.#deps, tx, binding, { lifeMs, isMailed: true }) : null,
    )
  }

  /** How long a link may still work that ends at a certain instant, however often and however late it is mailed; undefined for all others. */
  #restMsOf({ facts: { until } }: StoredOutboxEntry): number | undefined {
    return typeof until === 'number' ? until - this.#deps.now().getTime() : undefined
  }
}

/** What letters call the service: the name that its operator gave it, else that of its host. */
function nameOf({ brand: { name } }: Pick<Settings, 'brand'>, url: string): string {
  return name === NAMELESS ? new URL(url).hostname : name
}
