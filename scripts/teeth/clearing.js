/** Controls of clearing away: a little at a time, by one service of many, and for as long as it may. */

/** @type {readonly import('./controls.js').Control[]} */
export const clearing = [
  {
    name: 'of several services one clears away at a time',
    file: 'auth/background.ts',
    remove: 'this.#cleanUp.run(async () => this.#claim(),',
    put: 'this.#cleanUp.run(async () => Promise.resolve(true),',
    tests: ['clean-up.test.ts'],
    only: 'is done by one at a time',
  },
  {
    name: 'records of letters go a few at a time',
    file: 'db/outbox.ts',
    remove: "old.orderBy('given_up_at').limit(BATCH)",
    put: "old.orderBy('given_up_at')",
    tests: ['clean-up.test.ts'],
    only: 'takes a few rows of each table in one go',
  },
  {
    name: 'much of one kind holds up no other',
    file: 'auth/clean-up.ts',
    remove: 'if ((await clear()) > 0) left.push(clear)',
    put: 'while ((await clear()) > 0) continue',
    tests: ['clean-up.test.ts'],
    only: 'found by an index, in turns',
  },
]
