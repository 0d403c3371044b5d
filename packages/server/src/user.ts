/** The User: what the world may see of a person, so nothing secret. This file imports nothing. */

/** The number by which the database knows a person. Never used again, even when its person is gone. */
export type UserId = number & { readonly __type: 'UserId' }

/**
 * The greatest id that somebody may bring along. Ids are counted on from the greatest there is, and numbers are exact up to 2^53: below this
 * one there are enough left for ever.
 */
export const GREATEST_KEPT_ID = 2 ** 48

/** A person who can sign in. Holds nothing secret, so it is always safe to show. */
export interface User {
  readonly id: UserId
  /** The email as it was written at registration. */
  readonly email: string
  readonly emailVerified: boolean
  readonly createdAt: Date
}
