/** Asks as an attacker with a good clock would: whole requests on connections that stay open, and the time until the last byte is back. */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const END_OF_HEADERS = '\r\n\r\n'
const DIFFERS_EACH_TIME = new Set(['date', 'x-request-id'])

/**
 * What came back, and how long after the last byte was sent.
 * @typedef {{text: string, ms: number}} Answer
 */

/** A connection that stays open. It bears one request at a time. */
export class Line {
  #socket

  /**
   * Takes an open socket.
   * @param {import('node:net').Socket} socket - A connection to the service.
   */
  constructor(socket) {
    this.#socket = socket
  }

  /**
   * Opens a connection.
   * @param {number} port - Where the service listens.
   * @returns {Promise<Line>} The connection.
   */
  static async open(port) {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Line(socket)
  }

  /**
   * Sends a request and waits for the whole answer, whose length its header must tell.
   * @param {string} request - The bytes of the request.
   * @returns {Promise<Answer>} What came back.
   */
  async ask(request) {
    return new Promise((resolve, reject) => {
      const socket = this.#socket
      let sentAt = 0
      let text = ''
      const read = (/** @type {Buffer} */ chunk) => {
        const ms = performance.now() - sentAt
        text += chunk.toString('latin1')
        const headers = text.indexOf(END_OF_HEADERS)
        if (headers < 0) return
        const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, headers))?.[1] ?? 0)
        if (text.length < headers + END_OF_HEADERS.length + length) return
        socket.off('data', read).off('error', reject).off('close', reject)
        resolve({ text, ms })
      }
      socket.on('data', read).once('error', reject).once('close', reject)
      socket.write(request)
      sentAt = performance.now()
    })
  }

  /** Closes the connection. */
  close() {
    this.#socket.destroy()
  }
}

/**
 * A request with a form, as bytes.
 * @param {string} route - Method and path, such as `POST /sessions`.
 * @param {Record<string, string>} form - The fields.
 * @param {string[]} headers - More lines of header.
 * @returns {string} The bytes.
 */
export function requestOf(route, form, headers = []) {
  const body = new URLSearchParams(form).toString()
  const lines = [
    `${route} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ]
  return lines.join('\r\n') + END_OF_HEADERS + body
}

/**
 * What an answer looks like: its status, every header with its value, its length and its body, but for what differs each time anyhow.
 * @param {string} text - The answer.
 * @param {string} email - The email that was asked about. All have the same length.
 * @returns {string} Equal for answers that look alike.
 */
export function shapeOf(text, email) {
  const [head = '', body = ''] = text.split(END_OF_HEADERS)
  const lines = head.split('\r\n').map((line) => {
    const name = line.slice(0, Math.max(0, line.indexOf(':')))
    return DIFFERS_EACH_TIME.has(name.toLowerCase()) ? name : line
  })
  return [...lines, '', body.replaceAll(email, 'EMAIL')].join('\n')
}

/**
 * The line of header by which a request comes from a source that is drawn by chance, where this machine is a trusted proxy.
 * @returns {string} The line.
 */
export function fromAnywhere() {
  return `X-Forwarded-For: 10.${[...randomBytes(3)].join('.')}`
}
