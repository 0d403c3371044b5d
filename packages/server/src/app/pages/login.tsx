/** The page to log in. It never says which of the two was wrong. */
import type { VNode } from 'preact'
import { Field, FormRefusal, newPasswordProps } from './field.tsx'
import { onwards } from './frame.ts'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import type { Refusal } from './refusals.ts'

/** What was typed before, passwords left out. */
export interface TypedLogin {
  readonly email: string
  readonly remember: boolean
}

const NOTHING: TypedLogin = { email: '', remember: false }

/** The form; with why the last try was refused. */
export function loginPage(frame: Frame, typed: TypedLogin = NOTHING, refusal: Refusal | null = null): VNode {
  const { login, fields } = frame.words
  return (
    <Layout frame={frame} title={login.title} isRefused={refusal !== null}>
      <h1>{login.title}</h1>
      <form method="post" action={onwards(frame, 'login')}>
        <FormRefusal refusal={refusal} fields={['email', 'password']} />
        {refusal?.isTooOften === true && (
          <p>
            {login.instead} <a href={onwards(frame, 'forgot')}>{login.byEmail}</a>
          </p>
        )}
        <EmailField frame={frame} email={typed.email} refusal={refusal} />
        <Field
          name="password"
          label={fields.password}
          type="password"
          autocomplete="current-password"
          refusal={refusal}
        />
        <p class="beside">
          <a href={onwards(frame, 'forgot')}>{login.forgot}</a>
        </p>
        <Remember frame={frame} checked={typed.remember} />
        <button>{login.button}</button>
      </form>
      <Elsewhere frame={frame} />
    </Layout>
  )
}

/** Where to go who cannot log in: the same for everybody, whatever was typed. Another letter, where nobody gets in without one. */
const Elsewhere = ({ frame }: { readonly frame: Frame }): VNode => {
  const { login } = frame.words
  return (
    <div class="aside">
      <p>
        {login.noAccount} <a href={onwards(frame, 'register')}>{login.register}</a>
      </p>
      {frame.verifyFirst && (
        <p>
          {login.unverified} <a href={onwards(frame, 'verify/again')}>{login.letter}</a>
        </p>
      )}
    </div>
  )
}

/** Where the right password is no longer taken: it has to come once more, together with a new one. */
export function changeAtLoginPage(frame: Frame, typed: TypedLogin, refusal: Refusal | null): VNode {
  const { fields, login } = frame.words
  return (
    <Layout frame={frame} title={login.change.title} isRefused={refusal !== null}>
      <h1>{login.change.title}</h1>
      <p class="lead">{login.change.lead}</p>
      <form method="post" action={onwards(frame, 'login')}>
        <FormRefusal refusal={refusal} fields={['email', 'password', 'new_password']} />
        <EmailField frame={frame} email={typed.email} refusal={refusal} />
        <Field
          name="password"
          label={fields.currentPassword}
          type="password"
          autocomplete="current-password"
          refusal={refusal}
        />
        <Field
          name="new_password"
          label={fields.newPassword}
          type="password"
          autocomplete="new-password"
          refusal={refusal}
          {...newPasswordProps(frame)}
        />
        <Remember frame={frame} checked={typed.remember} />
        <button>{login.change.button}</button>
      </form>
    </Layout>
  )
}

/** The email, as it was typed. */
const EmailField = ({
  frame: { words },
  email,
  refusal,
}: {
  readonly frame: Frame
  readonly email: string
  readonly refusal: Refusal | null
}): VNode => (
  <Field name="email" label={words.fields.email} type="email" autocomplete="username" value={email} refusal={refusal} />
)

/** Whether the session is to outlive the browser. */
const Remember = ({ frame: { words }, checked }: { readonly frame: Frame; readonly checked: boolean }): VNode => (
  <label class="check">
    <input type="checkbox" name="remember" value="yes" checked={checked} />
    <span>{words.login.remember}</span>
  </label>
)
