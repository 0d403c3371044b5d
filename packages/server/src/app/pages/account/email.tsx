/** The page where people ask for another email. */
import type { VNode } from 'preact'
import type { Settings } from '../../../settings.ts'
import type { User } from '../../../user.ts'
import { Field, FormRefusal } from '../field.tsx'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import type { Refusal } from '../refusals.ts'
import { Back } from './parts.tsx'

/** Which emails there are. */
export interface Emails {
  readonly user: Pick<User, 'email'>
  /** The one that a link went to; null for none. */
  readonly asked: string | null
  /** What was typed, where it was refused. */
  readonly typed?: string
}

/** What is now, what is pending, and the form; with why the last try was refused. */
export function emailPage(
  frame: Frame,
  settings: Pick<Settings, 'email'>,
  { user, asked, typed = '' }: Emails,
  refusal: Refusal | null = null,
): VNode {
  const words = frame.words.account.email
  return (
    <Layout frame={frame} title={words.title} isRefused={refusal !== null}>
      <h1>{words.title}</h1>
      <dl class="facts">
        <div>
          <dt>{words.current}</dt>
          <dd>
            <strong>{user.email}</strong>
          </dd>
        </div>
      </dl>
      {asked !== null && (
        <p class="notice" role="status">
          {words.pending(asked, settings.email.hours)} {words.nothingYet}
        </p>
      )}
      <p>{words.lead}</p>
      <p>{words.undo(settings.email.undoDays)}</p>
      <form method="post" action={`${frame.home}account/email`}>
        <FormRefusal refusal={refusal} fields={['email']} />
        <Field name="email" label={words.next} type="email" autocomplete="email" value={typed} refusal={refusal} />
        <button>{words.button}</button>
      </form>
      <Back frame={frame} />
    </Layout>
  )
}
