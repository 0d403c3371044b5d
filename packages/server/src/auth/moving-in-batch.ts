/** Some hundred rows of an import: looked up together, hashed where they must be, and made accounts in one transaction. */
import type { DB } from '../db/db.ts'
import type { CanonicalEmail } from '../email.ts'
import type { ImportRow, ImportSource } from '../moving/record.ts'
import type { UserId } from '../user.ts'
import type { Audit } from './audit.ts'
import type { Deps } from './deps.ts'
import { hashesOf } from './moving-in-hashes.ts'
import type { Candidate, Judge } from './moving-in-judge.ts'
import type { ImportReport, Tally } from './moving-in-report.ts'
import type { ImportListener, ImportRun, Problem } from './moving-in-run.ts'

/** An import under way. */
interface Importing {
  readonly source: ImportSource
  readonly run: ImportRun
  readonly tally: Tally
  readonly listener: ImportListener
  /** How many rows there are. */
  readonly total: number
}

/** What becomes of the rows of a batch. */
interface Outcome {
  readonly problems: Problem[]
  readonly made: { readonly candidate: Candidate; readonly id: UserId | null }[]
  readonly there: { readonly candidate: Candidate; readonly id: UserId }[]
  /** Rows with the address of another row, which share its account. */
  readonly sharing: Pick<Candidate, 'place' | 'key' | 'oldId'>[]
}

const LEFT = 'somebody left its address a short while ago, and may take it back'
const ID_TAKEN = 'its id is, or was, that of somebody else here'

/** Takes rows in, batch after batch. */
export class Arrivals {
  readonly #deps: Deps
  readonly #audit: Audit
  readonly #importing: Importing
  #hasBegun = false

  /** Works for one import. */
  constructor(deps: Deps, audit: Audit, importing: Importing) {
    this.#deps = deps
    this.#audit = audit
    this.#importing = importing
  }

  /** Makes accounts of rows, as far as they can be made; of none where the import is ended meanwhile. */
  async take(rows: readonly ImportRow[], judge: Judge): Promise<void> {
    const { run } = this.#importing
    const outcome: Outcome = { problems: [], made: [], there: [], sharing: [] }
    const free = await this.#free(judged(rows, judge, outcome), outcome)
    if (run.isDryRun) outcome.made.push(...free.map((candidate) => ({ candidate, id: null })))
    else {
      const hashes = await hashesOf(this.#deps, free, run.signal, (done) => this.#progress(done))
      if (run.signal.aborted) return
      await this.#make(free, hashes, outcome)
    }
    await this.#tell(rows.length, outcome)
  }

  /** Notes the end of the import, if it changed anything. */
  async end({ form, isInterrupted, rows, made, alreadyThere, refused, repeated }: ImportReport): Promise<void> {
    if (!this.#hasBegun) return
    const facts = { form, rows, made, alreadyThere, refused, repeated, isInterrupted }
    await this.#audit.note(this.#deps.db, 'moving.import_ended', { method: 'operator', facts })
  }

  /** Those whose address and id are nobody's. */
  async #free(candidates: readonly Candidate[], { problems, there }: Outcome): Promise<readonly Candidate[]> {
    const { movingIn } = this.#deps.db
    const owners = await movingIn.findOwners(candidates.map(({ key }) => key))
    const left = await movingIn.findLeft(
      candidates.map(({ key }) => key),
      this.#deps.now(),
    )
    const kept = candidates.flatMap(({ account }) => (account.id === null ? [] : [account.id]))
    const used = await movingIn.findUsedIds(kept)
    return candidates.filter((candidate) => {
      const { key, place, account } = candidate
      const id = owners.get(key)
      if (id !== undefined) there.push({ candidate, id })
      else if (left.has(key)) problems.push({ place, is: 'refused', reason: LEFT })
      else if (account.id !== null && used.has(account.id)) problems.push({ place, is: 'refused', reason: ID_TAKEN })
      else return true
      return false
    })
  }

  /** Makes accounts with their passwords. Whom others put there in the same instant is there already. */
  async #make(free: readonly Candidate[], hashes: ReadonlyMap<Candidate, string>, outcome: Outcome): Promise<void> {
    if (free.length === 0) return
    const { db } = this.#deps
    const { added, left } = await db.transaction(async (tx) => this.#add(tx, free, hashes))
    const missing = free.filter(({ key }) => !added.has(key) && !left.has(key))
    const owners = await db.movingIn.findOwners(missing.map(({ key }) => key))
    for (const candidate of free) {
      const { key, place } = candidate
      const id = added.get(key)
      const owner = owners.get(key)
      if (id !== undefined) outcome.made.push({ candidate, id })
      else if (owner !== undefined) outcome.there.push({ candidate, id: owner })
      else outcome.problems.push({ place, is: 'refused', reason: left.has(key) ? LEFT : ID_TAKEN })
    }
  }

  /** Within a transaction: adds them, and takes those back whose address somebody left in the same instant: only now can nobody leave it any more. */
  async #add(
    tx: DB,
    free: readonly Candidate[],
    hashes: ReadonlyMap<Candidate, string>,
  ): Promise<{ readonly added: ReadonlyMap<CanonicalEmail, UserId>; readonly left: ReadonlySet<CanonicalEmail> }> {
    const added = new Map(await tx.movingIn.add(free.map(({ account }) => account)))
    const left = await tx.movingIn.findLeft([...added.keys()], this.#deps.now())
    await tx.movingIn.takeBack([...left].flatMap((key) => added.get(key) ?? []))
    for (const key of left) added.delete(key)
    const passwords = free.flatMap((candidate) => {
      const [userId, hash] = [added.get(candidate.key), hashes.get(candidate)]
      return userId === undefined || hash === undefined ? [] : [{ userId, hash, setAt: candidate.passwordSetAt }]
    })
    await tx.movingIn.setHashes(passwords)
    if (!this.#hasBegun && added.size > 0) await this.#noteBeginning(tx)
    return { added, left }
  }

  /** Notes the beginning, with the first accounts that are made. */
  async #noteBeginning(tx: DB): Promise<void> {
    const { source, run } = this.#importing
    const facts = { form: source.form, verified: run.verified, keepIds: run.keepIds, admins: run.admins }
    await this.#audit.note(tx, 'moving.import_begun', { method: 'operator', facts })
  }

  /** Tells how far it is, with so many rows of this batch. */
  #progress(done: number): void {
    const { listener, tally, total } = this.#importing
    listener.onProgress({ step: 'moving', rows: tally.rows + done, total })
  }

  /** Counts what became of the rows, and tells of it in their order. */
  async #tell(rows: number, outcome: Outcome): Promise<void> {
    const { problems, made, there } = outcome
    const { tally, listener } = this.#importing
    if (made.some(({ id }) => id !== null)) this.#hasBegun = true
    tally.rows += rows
    tally.alreadyThere += there.length
    for (const { candidate } of made) {
      const { hash, place } = candidate
      tally.addMade(candidate)
      if (hash?.is === 'none')
        problems.push({ place, is: 'no_password', reason: `its hash cannot be taken: ${hash.reason}` })
    }
    for (const problem of problems.sort((one, other) => one.place - other.place)) {
      if (problem.is === 'refused') tally.refused++
      if (problem.is === 'same_address') tally.repeated++
      await listener.onProblem(problem)
    }
    for (const [oldId, id] of await this.#moved(outcome)) await listener.onMoved(oldId, id)
    this.#progress(0)
  }

  /** The old ids and the new ones, in the order of the rows: of rows that share an account each has the id of that. */
  async #moved({ made, there, sharing }: Outcome): Promise<readonly (readonly [oldId: string, id: UserId])[]> {
    const owners = await this.#deps.db.movingIn.findOwners(sharing.map(({ key }) => key))
    const moved = [
      ...[...there, ...made].map(({ candidate: { place, oldId }, id }) => ({ place, oldId, id })),
      ...sharing.map(({ place, oldId, key }) => ({ place, oldId, id: owners.get(key) ?? null })),
    ]
    return moved
      .sort((one, other) => one.place - other.place)
      .flatMap(({ oldId, id }) => (oldId === null || id === null ? [] : [[oldId, id] as const]))
  }
}

/** The rows that can become accounts; of the others, why not. */
function judged(rows: readonly ImportRow[], judge: Judge, { problems, sharing }: Outcome): readonly Candidate[] {
  return rows.flatMap((row) => {
    const judgement = judge.judge(row)
    if (judgement.is === 'candidate') return [judgement.candidate]
    problems.push({ place: row.place, is: judgement.is, reason: judgement.reason })
    if (judgement.is === 'same_address') sharing.push({ ...judgement, place: row.place })
    return []
  })
}
