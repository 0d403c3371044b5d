/** The topics of the benchmarks, in the order of the table. */
import { cleanUp } from './rows/clean-up.js'
import { footprint } from './rows/footprint.js'
import { logins } from './rows/logins.js'
import { profile } from './rows/profile.js'
import { scale } from './rows/scale.js'
import { sessionCheck } from './rows/session-check.js'
import { sessionCheckOnPostgres } from './rows/session-check-postgres.js'
import { storage } from './rows/storage.js'
import { storm } from './rows/storm.js'
import { waiting } from './rows/waiting.js'
import { workers } from './rows/workers.js'
import { writing } from './rows/writing.js'

/** All of them. */
export const TOPICS = [
  sessionCheck,
  sessionCheckOnPostgres,
  workers,
  logins,
  storm,
  waiting,
  scale,
  cleanUp,
  writing,
  footprint,
  profile,
  storage,
]
