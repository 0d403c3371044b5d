/** What every page gets, whatever it shows. */
import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { User } from '../../user.ts'
import type { Site } from '../site.ts'
import { languageOf, WORDS } from './words/language.ts'
import type { Language, Words } from './words/words.ts'

/** The name of something that was done; the words of it are in `words.notices`. */
export type Notice = keyof Words['notices']

/** What every page gets. */
export interface Frame {
  readonly words: Words
  readonly language: Language
  /** Lets the page's own style and script in, and no other. New for each answer. */
  readonly nonce: string
  /** What the paths of the service begin with, and end with a slash. */
  readonly home: string
  readonly brand: { readonly name: string; readonly logo: string | null }
  /** The address of the stylesheet; or the stylesheet itself, for a page that may load nothing from where it stands. */
  readonly style: { readonly href: string } | { readonly text: string }
  readonly script: string
  /** Who is signed in; null for nobody. */
  readonly user: Pick<User, 'email'> | null
  /** Where the person goes on to, checked; null for nowhere in particular. */
  readonly next: string | null
  /** The path of this page with its query, for forms that lead back to it. */
  readonly path: string
  /** What was done just before; null for nothing. */
  readonly notice: Notice | null
  /** The length that a new password must have. */
  readonly minimumLength: number
  /** Whether nobody logs in before their email is verified. */
  readonly verifyFirst: boolean
}

/** What a page may say of itself. */
export interface FrameOptions {
  /** Who is signed in, where that is known already; if left out, the session of the request tells. */
  readonly user?: Pick<User, 'email'> | null | undefined
  /** Where the language form leads back to, for a page that cannot be opened by its address. A path below home. */
  readonly path?: string
  /** Where to go on to, if the request does not say it itself. Checked already. */
  readonly next?: string | null
  /** Whether the page must do without our other files: under a name that is not ours they would be refused too. */
  readonly isAlone?: boolean
}

/** The frame of the answer to a request. */
export async function frameFor(request: FastifyRequest, site: Site, options: FrameOptions = {}): Promise<Frame> {
  const { settings, home, assets } = site
  const language = languageOf(request, site.languageCookie.read(request.headers.cookie))
  const words = WORDS[language]
  return {
    words,
    language,
    nonce: randomBytes(16).toString('base64'),
    home,
    brand: { name: settings.brand.name, logo: assets.logo === null ? null : `${home}assets/${assets.logo}` },
    style: options.isAlone === true ? { text: assets.styleText } : { href: `${home}assets/${assets.style}` },
    script: `${home}assets/${assets.script}`,
    user: options.isAlone === true ? null : options.user === undefined ? await userOf(request, site) : options.user,
    next: site.next.allowed(fieldOf(request.query, 'next') ?? fieldOf(request.body, 'next')) ?? options.next ?? null,
    path: `${home}${options.path ?? request.url.slice(1)}`,
    notice: noticeIn(words, fieldOf(request.query, 'notice')),
    minimumLength: settings.passwords.minimumLength,
    verifyFirst: settings.users.verifyFirst,
  }
}

/** An address of ours with `next` in it, where there is one: such as `login`. */
export function onwards({ home, next }: Pick<Frame, 'home' | 'next'>, path: string): string {
  if (next === null) return `${home}${path}`
  return `${home}${path}${path.includes('?') ? '&' : '?'}next=${encodeURIComponent(next)}`
}

/** Whose session came with the request, or null. */
async function userOf({ headers }: FastifyRequest, { auth, cookies }: Site): Promise<User | null> {
  const token = cookies.session.read(headers.cookie)
  return token === null ? null : ((await auth.sessions.find(token))?.user ?? null)
}

/** The text of a field of a query or a body, or undefined. */
function fieldOf(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, name)) return undefined
  const value: unknown = Object.entries(fields).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : undefined
}

/** A notice by its name, out of the closed list. */
function noticeIn({ notices }: Words, name: string | undefined): Notice | null {
  return (Object.keys(notices) as Notice[]).find((key) => key === name) ?? null
}
