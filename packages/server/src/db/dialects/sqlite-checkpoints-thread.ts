/** The thread that writes SQLite's log back into the file whenever it is told to. It stops neither readers nor whoever writes. */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const MOST_ROUNDS = 10

const file = new DatabaseSync(workerData as string)
file.exec('pragma synchronous = full') // else the log could be given up before the file is on the disk
const writeBack = file.prepare('pragma wal_checkpoint(passive)')

parentPort?.on('message', () => {
  // Once all of it is back the log begins anew. What was added meanwhile is less each time.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { log, checkpointed } = writeBack.get() ?? {}
    if (log === checkpointed) break
  }
  parentPort?.postMessage('done')
})
