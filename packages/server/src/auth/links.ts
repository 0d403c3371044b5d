/** The links in letters: what each is for, and its address. That is made from BIENVENUE_URL alone: what a request says of its host never reaches a letter. */
import type { LinkPurpose, Token } from '../crypto/token.ts'
import type { LetterKind } from '../mail/letters.ts'
import type { Settings } from '../settings.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The page that a link leads to. */
export const LINK_PAGES = { reset: 'reset', verify: 'verify', undo: 'undo-email', keep: 'keep-account' } as const
/** The kinds of links. */
export type LinkKind = keyof typeof LINK_PAGES

/** What the link in a kind of letter is: what its token is for, where it leads, and how long it works; `restMs` is what is left of that, where it ends at a certain instant. */
export interface Link {
  readonly purpose: LinkPurpose
  readonly page: LinkKind
  readonly life: (settings: Settings, restMs?: number) => { readonly lifeMs: number; readonly said: object }
}

/** The link by which a password is set. */
export const RESET: Link = {
  purpose: 'reset',
  page: 'reset',
  life: ({ reset: { minutes } }) => ({ lifeMs: minutes * MINUTE, said: { minutes } }),
}

/** The links, by the kind of letter they are in. */
export const LINKS = {
  verify_email: {
    purpose: 'verify',
    page: 'verify',
    life: ({ verification: { hours } }) => ({ lifeMs: hours * HOUR, said: { hours } }),
  },
  reset_password: RESET,
  invitation: RESET,
  confirm_email: {
    purpose: 'email',
    page: 'verify',
    life: ({ email: { hours } }) => ({ lifeMs: hours * HOUR, said: { hours } }),
  },
  email_undo: {
    purpose: 'undo',
    page: 'undo',
    life: ({ email: { undoDays } }, restMs = undoDays * DAY) => ({
      lifeMs: restMs,
      said: { days: Math.max(1, Math.ceil(restMs / DAY)) },
    }),
  },
  deletion: {
    purpose: 'keep',
    page: 'keep',
    life: ({ users: { graceDays } }, restMs = graceDays * DAY) => ({ lifeMs: restMs, said: {} }),
  },
} as const satisfies Partial<Record<LetterKind, Link>>
/** A kind of letter that has a link. */
export type LinkLetter = keyof typeof LINKS

/** The link in a kind of letter; undefined for a letter without. */
export function linkIn(kind: string): Link | undefined {
  return Object.hasOwn(LINKS, kind) ? LINKS[kind as LinkLetter] : undefined
}

/** The kinds of letters whose links are for one of these purposes. */
export function lettersFor(purposes: readonly LinkPurpose[]): readonly string[] {
  return Object.entries(LINKS).flatMap(([kind, { purpose }]) => (purposes.includes(purpose) ? [kind] : []))
}

/** The address of the service, or of one of its pages with a token. */
export function linkOf(
  { service, http }: Pick<Settings, 'service' | 'http'>,
  link: { readonly kind: LinkKind; readonly token: Token } | null,
): string {
  const base = (service.url ?? `http://127.0.0.1:${http.port}`).replace(/\/$/, '')
  return link === null ? `${base}/` : `${base}/${LINK_PAGES[link.kind]}?token=${link.token}`
}
