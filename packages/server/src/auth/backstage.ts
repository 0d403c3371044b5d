/** The rooms whose methods are shown backstage: those of Auth, and behind them those of the storage. */
import type { Room } from '../backstage.ts'
import { HashingPool } from '../crypto/hashing-pool.ts'
import { KeyRing } from '../crypto/token.ts'
import { DB_ROOMS } from '../db/backstage.ts'
import { Auth } from './auth.ts'
import { Login } from './login.ts'
import { Passwords } from './passwords.ts'
import { Reset } from './reset.ts'
import { Sessions } from './sessions.ts'
import { Users } from './users.ts'

/** All rooms behind the app. A new room is entered here. */
export const ROOMS: readonly Room[] = [
  { layer: 'auth', name: 'auth', file: 'auth/auth.ts', of: Auth },
  { layer: 'auth', name: 'auth.users', file: 'auth/users.ts', of: Users },
  { layer: 'auth', name: 'auth.login', file: 'auth/login.ts', of: Login },
  { layer: 'auth', name: 'auth.sessions', file: 'auth/sessions.ts', of: Sessions },
  { layer: 'auth', name: 'auth.reset', file: 'auth/reset.ts', of: Reset },
  { layer: 'auth', name: 'auth.passwords', file: 'auth/passwords.ts', of: Passwords },
  { layer: 'crypto', name: 'keys', file: 'crypto/token.ts', of: KeyRing },
  { layer: 'crypto', name: 'hasher', file: 'crypto/hashing-pool.ts', of: HashingPool, methods: ['hash', 'verify'] },
  ...DB_ROOMS,
]
