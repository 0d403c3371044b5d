/** The room of keys: how much each secret of the service still guards, so that an old one can be let go. */
import type { Deps } from './deps.ts'

/** What one key guards. */
export interface KeyReport {
  /** The id of the key, which says nothing of the secret. */
  readonly id: string
  /** `gone` for a key whose secret is no longer set: what it guards counts no more. */
  readonly state: 'newest' | 'older' | 'gone'
  readonly sessions: number
  readonly links: number
  readonly devices: number
}

/** Counting, key by key. */
export class Keys {
  readonly #deps: Deps

  /** Works on the storage. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** What each key guards: first those whose secrets are set, in their order. */
  async report(): Promise<readonly KeyReport[]> {
    const { db } = this.#deps
    const sessions = await db.sessions.countByKey()
    const links = await db.tokens.countByKey()
    const devices = await db.devices.countByKey()
    const [newest, ...older] = db.keys.keyIds
    const ids = new Set([...db.keys.keyIds, ...sessions.keys(), ...links.keys(), ...devices.keys()])
    return [...ids].map((id) => ({
      id,
      state: id === newest ? 'newest' : older.includes(id) ? 'older' : 'gone',
      sessions: sessions.get(id) ?? 0,
      links: links.get(id) ?? 0,
      devices: devices.get(id) ?? 0,
    }))
  }
}
