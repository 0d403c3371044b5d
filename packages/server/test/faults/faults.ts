/** Every fault that is tried under a storm. */
import type { Fault } from './fault.ts'
import { loseMail } from './mail-fault.ts'
import { POSTGRES_FAULTS } from './postgres-faults.ts'
import { SQLITE_FAULTS } from './sqlite-faults.ts'

const ALL: readonly Fault[] = [
  ...POSTGRES_FAULTS,
  { name: 'the mail server stopped, and started again', run: loseMail },
  ...SQLITE_FAULTS,
]

/** Those that this machine can bring about, in the order of the table. */
export const FAULTS: readonly Fault[] = ALL.filter(
  ({ needsLinux = false }) => !needsLinux || process.platform === 'linux',
)
