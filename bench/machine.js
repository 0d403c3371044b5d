/** The machine under a benchmark: what it is, which cores a program may use, how much memory programs hold. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os'

const TICKS_A_SECOND = 100 // USER_HZ of proc(5), whatever the kernel’s own clock is
const CORES = availableParallelism()
const CAN_PIN = CORES >= 2 && spawnSync('taskset', ['-V']).status === 0

/** The core of whatever is measured, the core of the load, and all of them. */
export const SERVER = '0'
export const LOAD = '1'
export const ALL = `0-${CORES - 1}`

/**
 * A command that may use these cores alone, where the system can see to that.
 * @param {string} cores - Such as SERVER.
 * @param {readonly string[]} command - A program and its arguments.
 * @returns {readonly string[]} What to start.
 */
export function pinned(cores, command) {
  return CAN_PIN ? ['taskset', '-c', cores, ...command] : command
}

/**
 * Lets this process, which is the load, use these cores alone.
 * @param {string} cores - Such as LOAD.
 */
export function pinThis(cores) {
  if (CAN_PIN) spawnSync('taskset', ['-a', '-p', '-c', cores, String(process.pid)])
}

/**
 * The machine in words.
 * @returns {string} A sentence.
 */
export function machineInWords() {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memory = Math.round(totalmem() / 2 ** 30)
  const pins = CAN_PIN
    ? 'the server on core 0 and the load on core 1 where a row says one core'
    : 'no core could be set aside (no taskset, or one core alone)'
  const [kernel = ''] = /^[\d.]+/.exec(release()) ?? [] // the version alone: what follows it names a build
  return `${CORES} cores (${model}), ${memory} GB, ${platform()} ${kernel}, Node ${process.versions.node}; ${pins}.`
}

/**
 * The memory of a program and of all its descendants, each shared page counted by its share.
 * @param {number} pid - The program.
 * @returns {number} PSS in MB; NaN where the system does not tell.
 */
export function memoryOf(pid) {
  try {
    return familyOf(pid).reduce((sum, each) => sum + pssOf(each), 0)
  } catch {
    return Number.NaN
  }
}

/**
 * The time that a program and all its descendants have spent on a core.
 * @param {number} pid - The program.
 * @returns {number} Seconds; NaN where the system does not tell.
 */
export function coreSecondsOf(pid) {
  try {
    return familyOf(pid).reduce((sum, each) => sum + ticksOf(each), 0) / TICKS_A_SECOND
  } catch {
    return Number.NaN
  }
}

/** The ticks that one process has spent, in user mode and in the system. */
function ticksOf(/** @type {number} */ pid) {
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(11)
    .map(Number)
  return user + system
}

/**
 * A process and all its descendants.
 * @param {number} pid - The process.
 * @returns {number[]} Their ids.
 */
function familyOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))]
}

/** The PSS of one process in MB. */
function pssOf(/** @type {number} */ pid) {
  return Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
}
