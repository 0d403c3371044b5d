/** A load on loopback: keep-alive connections that each send a request as soon as the last one is answered. Bounded in count and time. */
import { connect } from 'node:net'

const END_OF_HEADERS = '\r\n\r\n'
const END_OF_CHUNKS = '0\r\n\r\n'

/**
 * What came of a load: answers with status 200 a second, percentiles of their times in ms, how many answers were anything else, and how many
 * there were of each status.
 * @typedef {{perSecond: number, p50: number, p99: number, errors: number, statuses: Map<number, number>}} Load
 */

/**
 * Sends requests again and again, on several connections, for some time.
 * @param {{port: number, request: string | (() => string), connections: number, ms: number}} load - What to send, or what makes the next request; where, on how many connections, for how long.
 * @returns {Promise<Load>} What came of it.
 */
export async function run({ port, request, connections, ms }) {
  const next = typeof request === 'string' ? () => request : request
  /** @type {number[]} */
  const times = []
  /** @type {Map<number, number>} */
  const statuses = new Map()
  const start = performance.now()
  const end = start + ms
  const one = async () => {
    const line = await Line.open(port)
    while (performance.now() < end) {
      const sent = performance.now()
      const status = await line.ask(next())
      if (status === 200) times.push(performance.now() - sent)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    line.close()
  }
  await Promise.all(Array.from({ length: connections }, one))
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const at = (/** @type {number} */ share) => times[Math.floor(times.length * share)] ?? 0
  const all = [...statuses.values()].reduce((sum, count) => sum + count, 0)
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), errors: all - times.length, statuses }
}

/**
 * Keeps this process from sleeping while it waits, as long as work is under way: waking a core that sleeps is paid by whoever wakes it,
 * which would be the program under test, and the slower one more often. Only for a load that has a core to itself.
 * @template T
 * @param {() => Promise<T>} work - What is measured meanwhile.
 * @returns {Promise<T>} What came of it.
 */
export async function awake(work) {
  const state = { isOver: false }
  const turn = () => void (state.isOver || setImmediate(turn))
  turn()
  try {
    return await work()
  } finally {
    state.isOver = true
  }
}

/**
 * The rate of a load all of whose answers must be 200.
 * @param {Parameters<typeof run>[0]} load - What to send, where, how long.
 * @returns {Promise<number>} Answers a second.
 * @throws {Error} When some are not: then something else was measured.
 */
export async function rateOf(load) {
  return (await runWell(load)).perSecond
}

/**
 * Sends requests as `run` does, and takes nothing but answers with status 200.
 * @param {Parameters<typeof run>[0]} load - What to send, where, how long.
 * @returns {Promise<Load>} What came of it.
 * @throws {Error} When there was another answer.
 */
export async function runWell(load) {
  const found = await run(load)
  if (found.errors > 0) throw new Error(`${found.errors} answers were not 200`)
  return found
}

/**
 * Makes the next of some requests, and begins anew after the last.
 * @param {readonly string[]} requests - At the least one.
 * @returns {() => string} Hands out one after the other.
 */
export function inTurn(requests) {
  let next = 0
  return () => requests[next++ % requests.length] ?? ''
}

/**
 * Sends a request until so many answers were 200, on several connections. Refusals take their time, and are tried again.
 * @param {{port: number, request: string, connections: number, times: number}} load - What to send, where, on how many connections, how often.
 * @returns {Promise<number>} Such answers a second.
 * @throws {Error} When there are more refusals than that.
 */
export async function repeat({ port, request, connections, times }) {
  const count = { begun: 0, refused: 0 }
  const start = performance.now()
  const one = async () => {
    const line = await Line.open(port)
    while (count.begun < times) {
      count.begun++
      if ((await line.ask(request)) === 200) continue
      count.begun--
      if (++count.refused > times) throw new Error(`${count.refused} answers were not 200`)
    }
    line.close()
  }
  await Promise.all(Array.from({ length: connections }, one))
  return (times / (performance.now() - start)) * 1000
}

/**
 * Sees to it that an answer is what is to be measured.
 * @param {number} port - Where to ask.
 * @param {string} request - What to send.
 * @param {string} expected - What the answer must hold.
 */
export async function refuseOthers(port, request, expected) {
  const text = await new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request.replace('\r\n', '\r\nConnection: close\r\n')))
    let read = ''
    socket.on('data', (chunk) => (read += chunk.toString('latin1')))
    socket.once('end', () => resolve(read)).once('error', reject)
  })
  if (!text.includes(expected)) throw new Error(`this is not what was to be measured:\n${text}`)
}

/** A connection that stays open and reads no more of an answer than it must, so that the load costs little. */
class Line {
  #socket
  #port
  #text = ''
  #length = 0
  /** @type {((status: number) => void) | null} */
  #resolve = null
  /** @type {((error: Error) => void) | null} */
  #reject = null

  /**
   * Takes an open socket.
   * @param {import('node:net').Socket} socket - A connection.
   * @param {number} port - Where it leads.
   */
  constructor(socket, port) {
    this.#socket = socket
    this.#port = port
    this.#listen()
  }

  /**
   * Opens a connection.
   * @param {number} port - Where to.
   * @returns {Promise<Line>} The connection.
   */
  static async open(port) {
    return new Line(await opened(port), port)
  }

  /**
   * Sends a request and waits for the whole answer. Where the other side has closed the connection meanwhile, it opens another.
   * @param {string} request - The bytes.
   * @returns {Promise<number>} The status.
   */
  async ask(request) {
    if (this.#socket.destroyed || this.#socket.readableEnded) {
      this.#socket = await opened(this.#port)
      this.#listen()
    }
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#socket.write(request)
    })
  }

  /** Closes the connection. */
  close() {
    this.#socket.destroy()
  }

  /** Hears what comes. */
  #listen() {
    this.#socket.on('data', (/** @type {Buffer} */ chunk) => {
      this.#read(chunk)
    })
    for (const event of ['error', 'close'])
      this.#socket.once(event, () => this.#reject?.(new Error(`it ended: ${event}`)))
  }

  /** Reads a piece of an answer, and settles when that was the last. */
  #read(/** @type {Buffer} */ chunk) {
    this.#text += chunk.toString('latin1')
    if (this.#length === 0) this.#length = lengthOf(this.#text)
    const isWhole = this.#length < 0 ? this.#text.endsWith(END_OF_CHUNKS) : this.#text.length >= this.#length
    if (this.#length === 0 || !isWhole) return
    const status = Number(this.#text.slice(9, 12))
    this.#text = ''
    this.#length = 0
    this.#reject = null
    this.#resolve?.(status)
  }
}

/** Opens a socket. */
async function opened(/** @type {number} */ port) {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/**
 * How long an answer is, headers included.
 * @param {string} text - What has come of it.
 * @returns {number} Bytes; 0 when its headers are not there yet; -1 when it comes in chunks.
 */
function lengthOf(text) {
  const headers = text.indexOf(END_OF_HEADERS)
  if (headers < 0) return 0
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headers))?.[1]
  return length === undefined ? -1 : headers + END_OF_HEADERS.length + Number(length)
}
