/** The room of taking everybody elsewhere: all accounts as they are, hashes included. Sessions, links and letters are of this service alone. */
import type { WholeAccount } from '../db/moving-out.ts'
import type { Audit } from './audit.ts'
import type { Deps } from './deps.ts'

const PAGE = 1000

/** Moving out. */
export class MovingOut {
  readonly #deps: Deps
  readonly #audit: Audit

  /** Works with the record. */
  constructor(deps: Deps, audit: Audit) {
    this.#deps = deps
    this.#audit = audit
  }

  /**
   * Every account in the order of ids, a page in memory at a time. That they go out is noted before the first one does. [ASVS 16.2.1]
   * Who registers meanwhile is among them; who is removed meanwhile may be too.
   */
  async *accounts(): AsyncGenerator<WholeAccount> {
    const { db } = this.#deps
    const facts = { accounts: await db.users.count() }
    await this.#audit.note(db, 'moving.exported', { method: 'operator', facts })
    for (let page = await db.movingOut.list(0, PAGE); page.length > 0;) {
      yield* page
      page = await db.movingOut.list(page.at(-1)?.id ?? 0, PAGE)
    }
  }
}
