/** Letters in the inbox for development, and a browser that follows their links: cookies, and no more. */
import { expect, vi } from 'vitest'
import type { Answer, RequestOptions } from './http.ts'
import type { TestService } from './service.ts'

/** The settings by which classic mails its links as hardened does, into its own inbox. */
export const MAILED = {
  users: { verifyFirst: true, tellExistence: false },
  reset: { inResponse: false },
} as const

const LEAVES_WITHIN = { timeout: 5000, interval: 10 }

/** The path and query of the newest link to this page that was mailed to this address, once it is there. */
export async function linkTo({ auth }: TestService, email: string, page: string): Promise<string> {
  const pattern = new RegExp(`https?://[^/\\s]+(\\S*/${page}\\?token=\\S+)`)
  return vi.waitUntil(async () => {
    await auth.background.send()
    const letters = await auth.inbox()
    return letters.flatMap(({ to, text }) => (to === email ? (pattern.exec(text)?.slice(1) ?? []) : []))[0]
  }, LEAVES_WITHIN)
}

/** The token in a link. */
export function tokenOf(link: string): string {
  return link.slice(link.indexOf('=') + 1)
}

/** A person who registered, and followed the link. */
export async function settle(service: TestService, email: string, password: string): Promise<void> {
  await service.send('POST', '/users', { form: { email, password } })
  const token = tokenOf(await linkTo(service, email, 'verify'))
  const answer = await service.send('PUT', '/email_verification', { form: { token, password } })
  expect(answer.status).toBe(200)
}

/** Somebody with a browser that keeps cookies. */
export class Visitor {
  readonly #service: TestService
  readonly cookies = new Map<string, string>()

  constructor(service: TestService) {
    this.#service = service
  }

  /** Sends a request with the cookies, and keeps those that come back. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(cookie !== '' && { cookie }), ...options.headers }
    const answer = await this.#service.send(method, path, { ...options, headers })
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (line.includes('Max-Age=0')) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }

  /** Opens a link, and the page that it leads to. */
  async open(link: string): Promise<Answer> {
    const moved = await this.send('GET', link)
    expect(moved.status).toBe(303)
    return this.send('GET', moved.headers.location ?? '')
  }

  /** Fills the form of a page and posts it to where its action says. */
  async post(page: Answer, form: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1] ?? 'no form'
    return this.send('POST', action, { form })
  }
}
