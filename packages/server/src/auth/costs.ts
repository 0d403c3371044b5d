/** The room of costly acts: each comes out of a budget of its source or its person, whichever door it comes through. [ASVS 2.4.1] */
import type { UserId } from '../user.ts'
import type { Counters, Share } from './counters.ts'
import type { Deps } from './deps.ts'
import { GuardNames } from './guard-names.ts'
import type { Limited } from './refusals.ts'

/** Budgets of costly acts. */
export class Costs {
  readonly #deps: Deps
  readonly #counters: Counters
  readonly #names: GuardNames

  /** Reads the numbers from the settings. */
  constructor(deps: Deps, counters: Counters) {
    this.#deps = deps
    this.#counters = counters
    this.#names = new GuardNames(deps)
  }

  /**
   * Takes an act from the budget of a source: a registration, a letter, a try of a mailed token. Where nobody says where it comes from, as
   * in the library, there is none.
   * @throws {AuthError} `limits.exceeded`.
   */
  async spend(limited: 'registration' | 'letter' | 'reset', source: string | undefined): Promise<void> {
    if (source === undefined) return
    const { sourceRegistrations, sourceLetters } = this.#deps.settings.limits
    const most = limited === 'registration' ? sourceRegistrations : sourceLetters
    await this.#take(limited, this.#names.sharesOf(limited, source, most), { source, userId: null })
  }

  /** Takes an act from the budget of a person. @throws {AuthError} `limits.exceeded`. */
  async spendOf(limited: 'export' | 'email' | 'password', userId: UserId): Promise<void> {
    const { personActs } = this.#deps.settings.limits
    await this.#take(limited, [this.#names.shareOf(limited, userId, personActs)], { source: null, userId })
  }

  /** Takes one from each of these, where limits are on. */
  async #take(
    limited: Limited,
    shares: readonly Share[],
    about: { readonly source: string | null; readonly userId: UserId | null },
  ): Promise<void> {
    if (!this.#deps.settings.limits.on) return
    await this.#counters.count({ limited, shares, streak: null, about: { ...about, subject: null } })
  }
}
