/** What a storm is told in, when it is over. */

/** What is measured of a storm. */
export interface Measured {
  /** Acknowledged writes a second, over the whole storm. */
  readonly load: number
  /** The longest time in which no write was acknowledged. */
  readonly secondsWithout: number
  readonly acknowledged: number
  /** Answers that are neither what was asked for nor a clear refusal to serve now. */
  readonly odd: readonly string[]
}

/** What a storm came to. */
export interface Figures extends Measured {
  /** What was acknowledged and is not there, or is there again after it was ended. */
  readonly lost: number
  /** What works once, and was acknowledged twice. */
  readonly twice: number
  /** What else was measured. */
  readonly notes?: readonly string[]
}

/** Clients that keep a journal until they are told to end, and then look for all that is in it. */
export interface Clients {
  end(): Promise<Figures>
}
