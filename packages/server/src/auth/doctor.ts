/** The room of the doctor: who holds the service's secret may ask what the service sees of a request, and nobody else. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from '../crypto/token.ts'

const LIFE_MS = 60_000
const PROOF = /^(\d{10,12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

/** Makes and checks proofs. They are about one request, and a minute long. */
export class Doctor {
  readonly #keys: KeyRing
  readonly #now: () => Date

  /** Works with the keys of the service and a clock. */
  constructor(keys: KeyRing, now: () => Date) {
    this.#keys = keys
    this.#now = now
  }

  /** A proof for a request, such as `GET /doctor`, that a header can bear; and the nonce by which its answer is known. */
  prove(request: string): { readonly proof: string; readonly nonce: string } {
    const nonce = randomBytes(16).toString('base64url')
    const stamp = `${Math.floor(this.#now().getTime() / 1000)}.${nonce}`
    const [mac] = this.#keys.proofsOf(`${request} ${stamp}`)
    return { proof: `${stamp}.${mac?.toString('base64url') ?? ''}`, nonce }
  }

  /** The nonce of a proof that is good for this request and not older than a minute; else null. [ASVS 11.2.4] */
  check(request: string, proof: string): string | null {
    const parts = PROOF.exec(proof)
    if (parts === null) return null
    const [, seconds = '', nonce = '', mac = ''] = parts
    const ageMs = Math.abs(this.#now().getTime() - Number(seconds) * 1000)
    if (ageMs > LIFE_MS) return null
    const given = Buffer.from(mac, 'base64url')
    const good = this.#keys.proofsOf(`${request} ${seconds}.${nonce}`).filter((own) => timingSafeEqual(own, given))
    return good.length === 0 ? null : nonce
  }
}
