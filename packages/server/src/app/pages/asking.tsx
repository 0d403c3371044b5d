/** The small pages where people ask for a letter, and the answer, which is the same for any email. No script. */
import { Field } from './field.tsx'
import { Onwards, plainPage } from './link.tsx'
import type { Render } from './link.tsx'

/** What one may ask for. */
export type Asked = 'reset' | 'verification'

/** The path of each page. */
export const ASKING_PAGES = { reset: 'forgot', verification: 'verify/again' } as const satisfies Record<Asked, string>

const WORDS: Readonly<Record<Asked, { title: string; lead: string; sent: string }>> = {
  reset: {
    title: 'Forgot your password?',
    lead: 'A letter with a link to choose a new one goes to your email.',
    sent: 'If there is an account for this email, a letter with a link is on its way.',
  },
  verification: {
    title: 'Verify your email',
    lead: 'A letter with a link goes to your email, if it waits to be verified.',
    sent: 'If this email waits to be verified, a letter with a link is on its way.',
  },
}

/** The form; with why the last try was refused. */
export function askingPage(asked: Asked, home: string, refusal: string | null = null): Render {
  const { title, lead } = WORDS[asked]
  return plainPage(
    refusal === null ? title : `Not yet: ${title}`,
    <>
      <h1>{title}</h1>
      <p>{lead}</p>
      <form method="post" action={`${home}${ASKING_PAGES[asked]}`}>
        <Field name="email" label="Email" type="email" autocomplete="username" refusal={refusal} />
        <button>Send the letter</button>
      </form>
    </>,
  )
}

/** That a letter may be on its way: to anybody, known or not. */
export function askedPage(asked: Asked, home: string, hasInbox: boolean): Render {
  const title = 'Look into your mailbox'
  const again = { path: ASKING_PAGES[asked], text: 'Ask again' }
  const inbox = { path: 'inbox', text: 'No mail server is set, so letters are in the inbox of this service' }
  return plainPage(
    title,
    <>
      <h1>{title}</h1>
      <p role="status">{WORDS[asked].sent}</p>
      <p>
        Nothing there after a minute? Look among the unwanted letters, and at how you spelt the email. You can ask again
        after five minutes; the links that you have keep working.
      </p>
      <Onwards home={home} next={hasInbox ? [inbox, again] : [again]} />
    </>,
  )
}

/** Where the settings hand reset tokens to whoever asks: no letter is written, the browser holds the token already. */
export function handedOutPage(home: string): Render {
  const title = 'No letter is needed'
  return plainPage(
    title,
    <>
      <h1>{title}</h1>
      <p class="notice">This service is set to hand a reset to whoever asks for it, as the preset classic does.</p>
      <Onwards home={home} next={[{ path: 'reset', text: 'Choose a new password' }]} />
    </>,
  )
}
