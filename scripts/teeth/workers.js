/** Controls of several processes that serve on one port. */

/** @type {readonly import('./controls.js').Control[]} */
export const workers = [
  {
    name: 'a database in memory has one process',
    file: 'cli/workers.ts',
    remove: "if (count > 1 && database.url === 'sqlite::memory:')",
    put: "if (count > 64 && database.url === 'sqlite::memory:')",
    tests: ['workers.test.ts'],
    only: 'refuses a database in memory',
    isBuilt: true,
  },
  {
    name: 'workers that end at their start again and again end the service',
    file: 'cli/workers.ts',
    remove: 'if (this.#falseStarts >= MOST_FALSE_STARTS)\n      throw',
    put: 'if (this.#falseStarts > MOST_FALSE_STARTS)\n      throw',
    tests: ['workers.test.ts'],
    only: 'gives up, and says so',
    isBuilt: true,
  },
  {
    name: 'a downgrade is allowed once',
    file: 'cli/workers.ts',
    remove: ".filter((argument) => argument !== '--downgrade')",
    put: '',
    tests: ['workers.test.ts'],
    only: 'allows a downgrade once',
    isBuilt: true,
  },
  {
    name: 'workers share the threads that hash',
    file: 'cli/workers.ts',
    remove: 'Math.max(1, Math.floor((passwords.threads + count - number) / count))',
    put: 'passwords.threads * 1 || number * count',
    tests: ['workers.test.ts'],
    only: 'shares the threads that hash',
  },
]
