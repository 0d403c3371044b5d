/** A load on loopback: keep-alive connections that each send a request as soon as the last one is answered. Bounded in count and time. */
import { connect } from 'node:net'

const END_OF_HEADERS = '\r\n\r\n'

/**
 * Sends one request again and again, on several connections, for some time.
 * @param {{port: number, request: string, connections: number, ms: number}} load - What to send, where, on how many connections, for how long.
 * @returns {Promise<{perSecond: number, p50: number, p99: number, errors: number}>} Answers with status 200 per second, the median and the 99th percentile of their times in ms, and how many were anything else.
 */
export async function run({ port, request, connections, ms }) {
  /** @type {number[]} */
  const times = []
  let errors = 0
  const start = performance.now()
  const end = start + ms
  const one = async () => {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    while (performance.now() < end) {
      const sent = performance.now()
      if ((await ask(socket, request)) === 200) times.push(performance.now() - sent)
      else errors++
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: connections }, one))
  times.sort((a, b) => a - b)
  return {
    perSecond: (times.length / (performance.now() - start)) * 1000,
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    errors,
  }
}

/**
 * Sends a request and waits for the whole answer, whose length its header must tell.
 * @param {import('node:net').Socket} socket - An open connection.
 * @param {string} request - The bytes of the request.
 * @returns {Promise<number>} The status of the answer.
 */
function ask(socket, request) {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (/** @type {Buffer} */ chunk) => {
      text += chunk.toString('latin1')
      const headers = text.indexOf(END_OF_HEADERS)
      if (headers < 0) return
      const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, headers))?.[1] ?? 0)
      if (text.length < headers + END_OF_HEADERS.length + length) return
      socket.off('data', read).off('error', reject)
      resolve(Number(text.slice(9, 12)))
    }
    socket.on('data', read)
    socket.once('error', reject)
    socket.write(request)
  })
}
