/** Controls of moving house: nothing is lost on the way, nobody else reads it, and a running service is never written over. */

/** @type {readonly import('./controls.js').Control[]} */
export const house = [
  {
    name: 'a copy that is not the same is not kept',
    file: 'db/copy.ts',
    remove: 'if (rows !== copies[index]?.rows || sha256 !== copies[index].sha256)',
    put: 'if (index < 0)',
    tests: ['db-copy.test.ts'],
    only: 'is compared',
  },
  {
    name: 'an address with a password is no argument of a copy',
    file: 'cli/db-address.ts',
    remove: 'if (masked(given) === given) return given',
    put: 'if (given !== masked("")) return given',
    tests: ['db-copy.test.ts'],
    only: 'means nothing: exit 2',
    isBuilt: true,
  },
  {
    name: 'a copy under another secret, which would log everybody out, is refused',
    file: 'cli/db-copy.ts',
    remove: 'if (uses.length > 0 && !uses.some(({ isKnown }) => isKnown)) throw new CouldNot(LOCKED)',
    put: 'void [CouldNot, LOCKED]',
    tests: ['db-copy.test.ts'],
    only: 'that is another stops the copy',
    isBuilt: true,
  },
  {
    name: 'a secret that was copied is readable by its owner alone',
    file: 'db/files.ts',
    remove: "openSync(draft, 'wx', 0o600)",
    put: "openSync(draft, 'wx', 0o644)",
    tests: ['db-copy.test.ts'],
    only: 'of a file comes along',
    isBuilt: true,
  },
  {
    name: 'a backup is readable by its owner alone',
    file: 'db/dialects/sqlite-alone.ts',
    remove: "openSync(copy, 'wx', 0o600)",
    put: "openSync(copy, 'wx', 0o644)",
    tests: ['db-backup.test.ts'],
    only: 'of a service that runs is whole',
    isBuilt: true,
  },
  {
    name: 'a backup is never put under a service that runs, idle or not',
    file: 'db/dialects/sqlite-alone.ts',
    remove: "      file.exec('pragma locking_mode = exclusive')\n      file.exec('pragma journal_mode = delete')\n",
    put: '',
    tests: ['db-backup.test.ts'],
    only: 'is refused while a service runs',
    isBuilt: true,
  },
]
