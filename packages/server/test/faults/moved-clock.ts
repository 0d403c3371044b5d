/** The clock of this process, as somebody who sets that of the machine would see it: for a process that is nothing but a service. */

let movedMs = 0

/** Sets it so many milliseconds ahead of the machine's, or back. */
export function moveClock(milliseconds: number): void {
  movedMs = milliseconds
}

/** Sees to it that `Date` goes by this clock from now on. `performance.now` does not: nobody sets that one. */
export function useMovedClock(): void {
  const real = Date
  const now = (): number => real.now() + movedMs
  globalThis.Date = new Proxy(real, {
    construct: (_, given: readonly unknown[]): object =>
      Reflect.construct(real, given.length === 0 ? [now()] : given) as object,
    get: (_, name): unknown => (name === 'now' ? now : (Reflect.get(real, name) as unknown)),
  })
}
