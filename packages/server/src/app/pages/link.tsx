/** The pages that links in letters lead to: a form, what came of it, and what to do with a link that does not work. */
import type { VNode } from 'preact'
import { LINK_PAGES } from '../../auth/links.ts'
import type { LinkKind } from '../../auth/links.ts'
import { Field, FormRefusal, newPasswordProps } from './field.tsx'
import { onwards } from './frame.ts'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import { LINK_FORMS } from './link-forms.ts'
import type { Onward } from './link-forms.ts'
import type { Refusal } from './refusals.ts'

/** Where to go from here: buttons, and the next step is the first of them. */
const Onwards = ({ frame, next }: { readonly frame: Frame; readonly next: readonly Onward[] }): VNode => (
  <p class="ways">
    {next.map(({ path, text }, index) => (
      <a key={path} class={index === 0 ? 'button' : 'button second'} href={onwards(frame, path)}>
        {frame.words.links[text]}
      </a>
    ))}
  </p>
)

/** The form, which posts; with why the last try was refused. */
export function linkFormPage(frame: Frame, kind: LinkKind, refusal: Refusal | null = null): VNode {
  const { field } = LINK_FORMS[kind]
  const { words, home } = frame
  const { title, lead, field: label, button } = words.links[kind]
  const meant = refusal === null || field === null ? refusal : { ...refusal, field: field.name }
  return (
    <Layout frame={frame} title={title} isRefused={refusal !== null}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <form method="post" action={`${home}${LINK_PAGES[kind]}`}>
        <FormRefusal refusal={meant} fields={field === null ? [] : [field.name]} />
        {field !== null && (
          <Field
            {...field}
            label={label}
            type="password"
            refusal={meant}
            {...(field.autocomplete === 'new-password' && newPasswordProps(frame))}
          />
        )}
        <button>{button}</button>
      </form>
    </Layout>
  )
}

/** What was done, and what next: to the account where its person is logged in already, as who verifies an email often is. */
export function linkDonePage(frame: Frame, kind: LinkKind, email: string): VNode {
  const { title, text } = frame.words.links[kind].done(email)
  const isIn = frame.user?.email === email
  return (
    <Layout frame={frame} title={title}>
      <h1>{title}</h1>
      <p role="status">{text}</p>
      <Onwards frame={frame} next={isIn ? [onward(frame)] : LINK_FORMS[kind].next} />
    </Layout>
  )
}

/** Where somebody who is logged in goes on to. The page to log in leads them on to `next`. */
function onward({ next }: Frame): Onward {
  return next === null ? { path: 'account', text: 'account' } : { path: 'login', text: 'goOn' }
}

/** That a link is used up, expired or never was one. */
export function deadLinkPage(frame: Frame, kind: LinkKind): VNode {
  const { dead, deadLead, [kind]: words } = frame.words.links
  return (
    <Layout frame={frame} title={dead}>
      <h1>{dead}</h1>
      <p role="alert">{deadLead}</p>
      <p>{words.otherwise}</p>
      <Onwards frame={frame} next={[LINK_FORMS[kind].again]} />
    </Layout>
  )
}

/** That no link was followed, or only a part of one, or too long ago. */
export function lostLinkPage(frame: Frame, kind: LinkKind): VNode {
  const { lostLead, [kind]: words } = frame.words.links
  return (
    <Layout frame={frame} title={words.title}>
      <h1>{words.title}</h1>
      <p>{lostLead}</p>
      <p>{words.otherwise}</p>
      <Onwards frame={frame} next={[LINK_FORMS[kind].again]} />
    </Layout>
  )
}
