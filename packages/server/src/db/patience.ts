/** Doing again what failed only because others did something in the same instant. */
import { setTimeout as pause } from 'node:timers/promises'

const MOST_TRIES = 30
const LONGEST_PAUSE_MS = 200

/** Does something until it is done, or fails for another reason than a race, or has lost so many that others must come first. */
export async function repeated<T>(work: () => Promise<T>, isRace: (error: unknown) => boolean): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === MOST_TRIES || !isRace(error)) throw error
      await pauseByChance(Math.min(LONGEST_PAUSE_MS, 2 ** tries))
    }
  }
}

/** Waits for a while of up to so many milliseconds: by chance, so that those who race do not keep step. */
export async function pauseByChance(mostMs: number): Promise<void> {
  await pause(Math.random() * mostMs)
}
