/** The page where people type their password once more. */
import type { VNode } from 'preact'
import type { AuthErrorCode } from '../../../errors.ts'
import type { User } from '../../../user.ts'
import { Field, FormRefusal } from '../field.tsx'
import { onwards } from '../frame.ts'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import type { Refusal } from '../refusals.ts'
import type { Words } from '../words/words.ts'
import { Owner } from './parts.tsx'

/** Why the last try was refused. */
export interface Refused {
  readonly code: AuthErrorCode
  readonly refusal: Refusal
}

/** The form; with why the last try was refused. */
export function againPage(frame: Frame, user: Pick<User, 'email'>, refused: Refused | null = null): VNode {
  const { home, words } = frame
  const { title, lead, forgotten, button } = words.account.again
  const refusal = refused === null ? null : inPlace(refused, words)
  return (
    <Layout frame={frame} title={title} isRefused={refusal !== null}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <dl class="facts">
        <div>
          <dt>{words.fields.email}</dt>
          <dd>
            <strong>{user.email}</strong>
          </dd>
        </div>
      </dl>
      <form method="post" action={onwards(frame, 'login/again')}>
        <Owner email={user.email} />
        <FormRefusal refusal={refusal} fields={['password']} />
        <Field
          name="password"
          label={words.fields.password}
          type="password"
          autocomplete="current-password"
          refusal={refusal}
        />
        <button>{button}</button>
      </form>
      <p class="aside">
        <a href={`${home}${refused?.code === 'login.password_change_required' ? 'account/password' : 'forgot'}`}>
          {refused?.code === 'login.password_change_required' ? words.account.password.title : forgotten}
        </a>
      </p>
    </Layout>
  )
}

/** The refusal as it concerns somebody whose email is known: at the password. */
function inPlace({ code, refusal }: Refused, { account: { again } }: Words): Refusal {
  if (code === 'login.invalid') return { ...refusal, field: 'password', text: again.wrong }
  if (code === 'login.password_change_required') return { ...refusal, field: 'password', text: again.outdated }
  return refusal
}
