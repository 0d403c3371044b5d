/** What an import makes of one row, before the database is asked: an account to be, or why there is none. */
import { readForeignHash } from '../crypto/foreign-hash.ts'
import type { ForeignHash } from '../crypto/foreign-hash.ts'
import type { MovedAccount } from '../db/moving-in.ts'
import { canonicalEmail, trimEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { isLanguage } from '../language.ts'
import type { ImportRecord, ImportRow, RefusedRow } from '../moving/record.ts'
import { GREATEST_KEPT_ID } from '../user.ts'
import type { ImportOptions } from './moving-in-run.ts'
import { keptId } from './moving-in-survey.ts'
import type { Survey } from './moving-in-survey.ts'

/** An account to be. */
export interface Candidate {
  readonly place: number
  /** Its id there. */
  readonly oldId: string | null
  readonly key: CanonicalEmail
  readonly account: MovedAccount
  /** Null where there is none, or where nobody's password may be taken. */
  readonly hash: ForeignHash | null
  readonly passwordSetAt: Date
  /** Whether other rows of the source have the same address. */
  readonly isSetAside: boolean
  /** Whether it has not the instant of its making that the source gives. */
  readonly isRedated: boolean
}

/** What a row is. */
export type Judgement =
  | { readonly is: 'candidate'; readonly candidate: Candidate }
  | { readonly is: 'refused'; readonly reason: string }
  | ({ readonly is: 'same_address'; readonly reason: string } & Pick<Candidate, 'key' | 'oldId'>)

/** Judges rows by what the operator says, what the survey knows, and the clock. */
export class Judge {
  readonly #options: ImportOptions
  readonly #survey: Survey
  readonly #now: Date

  /** Sits for one import. */
  constructor(options: ImportOptions, survey: Survey, now: Date) {
    this.#options = options
    this.#survey = survey
    this.#now = now
  }

  /** Judges a row. */
  judge(row: ImportRow): Judgement {
    if ('refused' in row) return refused(`${row.refused}${this.#claimOf(row)}`)
    const { place, record } = row
    const key = canonicalEmail(record.email)
    if (key === null) return refused('its email is no address that we can take')
    const noted = this.#survey.findEmail(key)
    if (noted === null) return refused('it came to be while the source was read; import once more')
    const id = this.#options.keepIds ? this.#idOf(record, place) : null
    if (noted.firstPlace !== null && noted.firstPlace !== place)
      return { is: 'same_address', reason: sharing(noted.firstPlace), key, oldId: record.id }
    if (typeof id === 'string') return refused(id)
    const isSetAside = noted.count > 1
    const isDisabled = record.disabled !== false || noted.isMarked
    return { is: 'candidate', candidate: this.#candidateOf({ place, record, key, id, isSetAside, isDisabled }) }
  }

  /** What a row that is refused does to others with its address, in words. */
  #claimOf({ email }: RefusedRow): string {
    const key = canonicalEmail(email ?? '')
    const first = key === null ? null : (this.#survey.findEmail(key)?.firstPlace ?? null)
    return first === null ? '' : `; ${sharing(first)}`
  }

  /** The id that a person keeps, or why it cannot be kept. */
  #idOf({ id }: ImportRecord, place: number): number | string {
    if (id === null || keptId(id) === null)
      return `its id is no number that we can take: a whole one from 1 to ${String(GREATEST_KEPT_ID)}`
    const first = this.#survey.findId(id)?.firstPlace ?? place
    return first === place ? Number(id) : `its id stands in ${first} too`
  }

  /** The account to be. */
  #candidateOf({ place, record, key, id, isSetAside, isDisabled }: Accepted): Candidate {
    const { verified, admins } = this.#options
    const createdAt = this.#past(record.createdAt)
    const proven = verified === 'all' ? (record.verified === false ? true : record.verified) : record.verified
    const account: MovedAccount = {
      id,
      email: trimEmail(record.email),
      key,
      verifiedAt: verified === 'none' || isSetAside ? null : this.#since(proven),
      createdAt: createdAt ?? this.#now,
      disabledAt: isDisabled ? this.#since(record.disabled === false ? true : record.disabled) : null,
      adminAt: admins && !isSetAside ? this.#since(record.admin) : null,
      deleteAt: isSetAside ? null : record.deleteAt,
      language: languageOf(record.language),
    }
    return {
      place,
      oldId: record.id,
      key,
      account,
      hash: record.hash === null || isSetAside ? null : readForeignHash(record.hash),
      passwordSetAt: this.#past(record.passwordSetAt) ?? this.#now,
      isSetAside,
      isRedated: record.createdAt !== null && createdAt === null,
    }
  }

  /** Since when something is so: from now on where no instant is known, or one that cannot be. */
  #since(given: Date | boolean): Date | null {
    if (given === false) return null
    return given === true ? this.#now : (this.#past(given) ?? this.#now)
  }

  /** An instant that can have been, or null. */
  #past(given: Date | null): Date | null {
    return given !== null && given.getTime() >= 0 && given <= this.#now ? given : null
  }
}

/** A row that can become an account. */
interface Accepted {
  readonly place: number
  readonly record: ImportRecord
  readonly key: CanonicalEmail
  readonly id: number | null
  readonly isSetAside: boolean
  readonly isDisabled: boolean
}

/** Why a row shares an account with others. */
function sharing(firstPlace: number): string {
  return `its address stands in ${firstPlace} too: what account they get has no password until its owner resets it`
}

/** The refusal of a row. */
function refused(reason: string): Judgement {
  return { is: 'refused', reason }
}

/** The language of a tag, where it is one of ours. */
function languageOf(tag: string | null): string | null {
  const [language = ''] = (tag ?? '').toLowerCase().split(/[-_]/)
  return isLanguage(language) ? language : null
}
