/** Reads a CPU profile of V8's: which part of the service spent how much of the time. */

/** A node of a profile: a function as it was called from one place. */
/** @typedef {{id: number, callFrame: {functionName: string, url: string}, children?: number[]}} ProfileNode */
/** A profile; its times are in microseconds. */
/** @typedef {{nodes: ProfileNode[], samples: number[], timeDeltas: number[], startTime: number, endTime: number}} Profile */

const NOT_WORK = new Set(['(idle)', '(root)'])

/** The parts, each with what its files have in their addresses. The first that fits counts. */
const PARTS = /** @type {const} */ ([
  [
    'log',
    /dist\/(?:app\/request-log|log(?:-output)?)\.js|\/(?:pino|sonic-boom|pino-std-serializers|quick-format-unescaped)\/|^node:fs/,
  ],
  ['app (front door, routes, cookies)', /\/packages\/server\/dist\/app\//],
  ['auth', /\/packages\/server\/dist\/auth\//],
  ['crypto', /\/packages\/server\/dist\/crypto\/|^node:(?:internal\/)?crypto/],
  ['db with SQLite', /\/packages\/server\/dist\/db\/|\/kysely\/|^node:sqlite/],
  ['the rest of ours', /\/packages\/server\//],
  ['fastify and zod', /\/node_modules\//],
  ['node:http, streams and events', /^node:/],
])
const ELSEWHERE = 'system calls, and native code without a caller'
const COLLECTOR = 'garbage collection'

/**
 * How the time was spent, of what was not idle.
 * @param {Profile} profile - A profile.
 * @param {number} lastMs - Only this long before its end counts.
 * @returns {{parts: [string, number][], functions: [string, number][]}} Shares from 0 to 1 by part, and by function, the largest first.
 */
export function sharesOf({ nodes, samples, timeDeltas, startTime, endTime }, lastMs) {
  const ownerOf = ownersOf(nodes)
  const parts = new Map()
  const functions = new Map()
  let total = 0
  let at = startTime
  for (const [index, id] of samples.entries()) {
    const spent = timeDeltas[index] ?? 0
    at += spent
    const owner = ownerOf.get(id)
    if (owner === undefined || at < endTime - lastMs * 1000) continue
    total += spent
    parts.set(owner.part, (parts.get(owner.part) ?? 0) + spent)
    functions.set(owner.name, (functions.get(owner.name) ?? 0) + spent)
  }
  return { parts: largestOf(parts, total), functions: largestOf(functions, total) }
}

/** The entries of a map as shares of a total, the largest first. */
function largestOf(/** @type {Map<string, number>} */ spent, /** @type {number} */ total) {
  return [...spent]
    .map(([name, time]) => /** @type {[string, number]} */ ([name, time / total]))
    .sort(([, a], [, b]) => b - a)
}

/**
 * The part and the name to which the time of each node belongs. Native functions belong to whoever called them.
 * @param {readonly ProfileNode[]} nodes - All nodes, callers before those whom they call.
 * @returns {Map<number, {part: string, name: string}>} By id; what is no work is not in it.
 */
function ownersOf(nodes) {
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  /** The address of a node, or of the nearest caller that has one. */
  const addressOf = (/** @type {ProfileNode | undefined} */ node) => {
    let at = node
    while (at !== undefined && at.callFrame.url === '') at = byId.get(callers.get(at.id) ?? 0)
    return at?.callFrame.url ?? ''
  }
  const owners = new Map()
  for (const node of nodes) {
    const { functionName } = node.callFrame
    if (NOT_WORK.has(functionName)) continue
    const url = addressOf(node)
    const part = functionName === '(garbage collector)' ? COLLECTOR : partOf(url)
    const file = url.replace(/^.*\/(?:node_modules|dist)\//, '')
    owners.set(node.id, { part, name: `${functionName === '' ? 'anonymous' : functionName} ${file}`.trim() })
  }
  return owners
}

/** The part to which an address belongs. */
function partOf(/** @type {string} */ url) {
  return PARTS.find(([, pattern]) => pattern.test(url))?.[0] ?? ELSEWHERE
}
