/** What several benchmarks need: somebody who is logged in, the middle of some numbers, and the memory of a program. */
import { readFileSync } from 'node:fs'

/**
 * Registers somebody and logs them in.
 * @param {number} port - Where the service listens.
 * @returns {Promise<string>} The session cookie.
 */
export async function logIn(port) {
  const body = new URLSearchParams({ email: 'bob@example.com', password: 'MyPwdOfBob' })
  await fetch(`http://127.0.0.1:${port}/users`, { method: 'POST', body })
  const answer = await fetch(`http://127.0.0.1:${port}/sessions`, { method: 'POST', body })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

/**
 * The middle one of some numbers.
 * @param {number[]} numbers - At the least one.
 * @returns {number} The median.
 */
export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

/**
 * The memory of a program and its children, each shared page counted by its share; null where the system does not tell.
 * @param {number | undefined} pid - The program.
 * @returns {number | null} PSS in MB.
 */
export function memoryOf(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
    const pages = [pid, ...children].map((id) => readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))
    return pages.reduce((sum, text) => sum + Number(/^Pss: +(\d+)/m.exec(text)?.[1] ?? 0) / 1024, 0)
  } catch {
    return null
  }
}
