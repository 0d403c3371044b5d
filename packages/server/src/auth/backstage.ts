/** The rooms whose methods are shown backstage: those of Auth, and behind them those of the storage. */
import type { Room } from '../backstage.ts'
import { HashingPool } from '../crypto/hashing-pool.ts'
import { KeyRing } from '../crypto/token.ts'
import { DB_ROOMS } from '../db/backstage.ts'
import { Admin } from './admin.ts'
import { Audit } from './audit.ts'
import { Auth } from './auth.ts'
import { Deletion } from './deletion.ts'
import { Devices } from './devices.ts'
import { Email } from './email.ts'
import { Exports } from './export.ts'
import { Limits } from './limits.ts'
import { Login } from './login.ts'
import { Outbox } from './outbox.ts'
import { PasswordChange } from './password-change.ts'
import { Passwords } from './passwords.ts'
import { Reset } from './reset.ts'
import { Seals } from './seals.ts'
import { Sessions } from './sessions.ts'
import { Users } from './users.ts'
import { Verification } from './verification.ts'

/** The rooms behind the app whose calls are shown. A room that is to be seen is entered here. */
export const ROOMS: readonly Room[] = [
  { layer: 'auth', name: 'auth', file: 'auth/auth.ts', of: Auth },
  { layer: 'auth', name: 'auth.users', file: 'auth/users.ts', of: Users },
  { layer: 'auth', name: 'auth.login', file: 'auth/login.ts', of: Login },
  { layer: 'auth', name: 'auth.sessions', file: 'auth/sessions.ts', of: Sessions },
  { layer: 'auth', name: 'auth.verification', file: 'auth/verification.ts', of: Verification },
  { layer: 'auth', name: 'auth.email', file: 'auth/email.ts', of: Email },
  { layer: 'auth', name: 'auth.deletion', file: 'auth/deletion.ts', of: Deletion },
  { layer: 'auth', name: 'auth.exports', file: 'auth/export.ts', of: Exports },
  { layer: 'auth', name: 'auth.admin', file: 'auth/admin.ts', of: Admin },
  { layer: 'auth', name: 'auth.audit', file: 'auth/audit.ts', of: Audit, methods: ['note', 'listOwn'] },
  { layer: 'auth', name: 'auth.seals', file: 'auth/seals.ts', of: Seals },
  { layer: 'auth', name: 'auth.devices', file: 'auth/devices.ts', of: Devices },
  { layer: 'auth', name: 'auth.passwordChange', file: 'auth/password-change.ts', of: PasswordChange },
  { layer: 'auth', name: 'auth.limits', file: 'auth/limits.ts', of: Limits },
  { layer: 'auth', name: 'auth.outbox', file: 'auth/outbox.ts', of: Outbox },
  { layer: 'auth', name: 'auth.reset', file: 'auth/reset.ts', of: Reset },
  { layer: 'auth', name: 'auth.passwords', file: 'auth/passwords.ts', of: Passwords },
  { layer: 'crypto', name: 'keys', file: 'crypto/token.ts', of: KeyRing },
  { layer: 'crypto', name: 'hasher', file: 'crypto/hashing-pool.ts', of: HashingPool, methods: ['hash', 'verify'] },
  ...DB_ROOMS,
]
