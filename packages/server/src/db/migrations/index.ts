/** All migrations in their order: append only, the same for both databases. There is no way down: backups go back. */
import type { Migration } from 'kysely/migration'
import type { Engine } from '../engine.ts'
import { users } from './0001-users.ts'
import { passwords } from './0002-passwords.ts'
import { sessions } from './0003-sessions.ts'
import { tokens } from './0004-tokens.ts'
import { accountStates } from './0005-account-states.ts'
import { sessionDetails } from './0006-session-details.ts'
import { boundTokens } from './0007-bound-tokens.ts'
import { pendings } from './0008-pendings.ts'
import { outbox } from './0009-outbox.ts'
import { inbox } from './0010-inbox.ts'
import { devices } from './0011-devices.ts'
import { limits } from './0012-limits.ts'
import { memory } from './0013-memory.ts'
import { languages } from './0014-languages.ts'
import { audit } from './0015-audit.ts'
import { guards } from './0016-guards.ts'
import { deviceIds } from './0017-device-ids.ts'
import { auditKinds } from './0018-audit-kinds.ts'
import { cleanUp } from './0019-clean-up.ts'

/** The migrations by name, for an engine. */
export function migrationsFor({ addId }: Pick<Engine, 'addId'>): Record<string, Migration> {
  return {
    '0001-users': users(addId),
    '0002-passwords': passwords,
    '0003-sessions': sessions,
    '0004-tokens': tokens,
    '0005-account-states': accountStates,
    '0006-session-details': sessionDetails,
    '0007-bound-tokens': boundTokens,
    '0008-pendings': pendings,
    '0009-outbox': outbox,
    '0010-inbox': inbox(addId),
    '0011-devices': devices,
    '0012-limits': limits,
    '0013-memory': memory,
    '0014-languages': languages,
    '0015-audit': audit(addId),
    '0016-guards': guards,
    '0017-device-ids': deviceIds,
    '0018-audit-kinds': auditKinds,
    '0019-clean-up': cleanUp,
  }
}
