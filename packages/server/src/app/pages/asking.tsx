/** The small pages where people ask for a letter, and the answer, which is the same for any email. */
import type { VNode } from 'preact'
import { Back } from './account/parts.tsx'
import { Field, FormRefusal } from './field.tsx'
import { onwards } from './frame.ts'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import type { Refusal } from './refusals.ts'

/** What one may ask for. */
export type Asked = 'reset' | 'verification'

/** The path of each page. */
export const ASKING_PAGES = { reset: 'forgot', verification: 'verify/again' } as const satisfies Record<Asked, string>

/** The form; with what was typed and why it was refused. Whoever is signed in finds their email there, and the way back. */
export function askingPage(
  frame: Frame,
  asked: Asked,
  email = frame.user?.email ?? '',
  refusal: Refusal | null = null,
): VNode {
  const { asking, fields } = frame.words
  const { title, lead } = asking[asked]
  return (
    <Layout frame={frame} title={title} isRefused={refusal !== null}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <form method="post" action={onwards(frame, ASKING_PAGES[asked])}>
        <FormRefusal refusal={refusal} fields={['email']} />
        <Field name="email" label={fields.email} type="email" autocomplete="username" value={email} refusal={refusal} />
        <button>{asking.button}</button>
      </form>
      {frame.user === null ? (
        <p class="aside">
          <a href={onwards(frame, 'login')}>{asking.back}</a>
        </p>
      ) : (
        <Back frame={frame} />
      )}
    </Layout>
  )
}

/** The letters that people wait for. */
export const LETTERS = ['reset', 'verification', 'registration'] as const

/** That a letter may be on its way: to anybody, known or not. */
export function mailboxPage(frame: Frame, letter: (typeof LETTERS)[number], hasInbox: boolean): VNode {
  const { asking, register } = frame.words
  const again = letter === 'reset' ? ASKING_PAGES.reset : ASKING_PAGES.verification
  return (
    <Layout frame={frame} title={asking.mailbox}>
      <h1>{asking.mailbox}</h1>
      <p role="status">{letter === 'registration' ? register.sent : asking[letter].sent}</p>
      <p class="hint">{asking.patience}</p>
      <ul class="onwards">
        {hasInbox && (
          <li>
            <a href={`${frame.home}inbox`}>{asking.inbox}</a>
          </li>
        )}
        <li>
          <a href={onwards(frame, again)}>{asking.again}</a>
        </li>
      </ul>
    </Layout>
  )
}

/** Where the settings hand reset tokens to whoever asks: no letter is written, the browser holds the token already. */
export function handedOutPage(frame: Frame): VNode {
  const { asking } = frame.words
  return (
    <Layout frame={frame} title={asking.noLetter}>
      <h1>{asking.noLetter}</h1>
      <p class="warning">{asking.handedOut}</p>
      <p class="ways">
        <a class="button" href={onwards(frame, 'reset')}>
          {asking.choose}
        </a>
      </p>
    </Layout>
  )
}
