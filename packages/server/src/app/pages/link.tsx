/** The pages that links in letters lead to: a form, what came of it, and what to do with a link that does not work. No script. */
import { readFileSync } from 'node:fs'
import type { VNode } from 'preact'
import { LINK_PAGES } from '../../auth/links.ts'
import type { LinkKind } from '../../auth/links.ts'
import { Field } from './field.tsx'
import { Layout, render } from './layout.tsx'
import { LINK_WORDS } from './link-words.ts'
import type { Onward } from './link-words.ts'

const STYLE = readFileSync(new URL('./links.css', import.meta.url), 'utf8')

/** Which page, of a service whose paths begin with this. */
export interface LinkPlace {
  readonly kind: LinkKind
  readonly home: string
}

/** What makes a page, with the nonce of its answer. */
export type Render = (nonce: string) => string

/** A page of a few lines. */
export function plainPage(title: string, content: VNode): Render {
  return (nonce) =>
    render(
      <Layout title={`${title} · Bienvenue`} nonce={nonce} style={STYLE}>
        <main>{content}</main>
      </Layout>,
    )
}

/** Where to go from here. */
export const Onwards = ({ home, next }: { readonly home: string; readonly next: readonly Onward[] }): VNode => (
  <>
    {next.map(({ path, text }) => (
      <p key={path}>
        <a href={`${home}${path}`}>{text}</a>
      </p>
    ))}
  </>
)

/** The form, which posts; with a hint on passwords, and with why the last try was refused. */
export function formPage({ kind, home }: LinkPlace, hint: string | null, refusal: string | null = null): Render {
  const { title, lead, field, button } = LINK_WORDS[kind]
  return plainPage(
    refusal === null ? title : `Not yet: ${title}`,
    <>
      <h1>{title}</h1>
      <p>{lead}</p>
      <form method="post" action={`${home}${LINK_PAGES[kind]}`}>
        {field !== null && <Field {...field} type="password" hint={hint} refusal={refusal} />}
        {field === null && refusal !== null && (
          <p class="refusal" role="alert">
            {refusal}
          </p>
        )}
        <button>{button}</button>
      </form>
    </>,
  )
}

/** What was done, and what next. */
export function donePage({ kind, home }: LinkPlace, email: string): Render {
  const { title, text, next } = LINK_WORDS[kind].done(email)
  return plainPage(
    title,
    <>
      <h1>{title}</h1>
      <p role="status">{text}</p>
      <Onwards home={home} next={next} />
    </>,
  )
}

/** That a link is used up, expired or never was one. */
export function deadPage({ kind, home }: LinkPlace): Render {
  const { otherwise, again } = LINK_WORDS[kind]
  const title = 'This link does not work'
  return plainPage(
    title,
    <>
      <h1>{title}</h1>
      <p role="alert">It is used up, has expired, or there is a newer one in your mailbox.</p>
      <p>{otherwise}</p>
      <Onwards home={home} next={[again]} />
    </>,
  )
}

/** That no link was followed, or only a part of one, or too long ago. */
export function lostPage({ kind, home }: LinkPlace): Render {
  const { title, otherwise, again } = LINK_WORDS[kind]
  return plainPage(
    title,
    <>
      <h1>{title}</h1>
      <p>Open the link in your letter, the whole of it. This page then works for ten minutes, and needs a cookie.</p>
      <p>{otherwise}</p>
      <Onwards home={home} next={[again]} />
    </>,
  )
}
