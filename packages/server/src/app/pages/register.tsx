/** The page to make an account. */
import type { VNode } from 'preact'
import { Field, FormRefusal, newPasswordProps } from './field.tsx'
import { onwards } from './frame.ts'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import type { Refusal } from './refusals.ts'

/** The form; with the email as it was typed, and why the last try was refused. */
export function registerPage(frame: Frame, email = '', refusal: Refusal | null = null): VNode {
  const { register, fields } = frame.words
  return (
    <Layout frame={frame} title={register.title} isRefused={refusal !== null}>
      <h1>{register.title}</h1>
      <form method="post" action={onwards(frame, 'register')}>
        <FormRefusal refusal={refusal} fields={['email', 'password']} />
        <Field name="email" label={fields.email} type="email" autocomplete="username" value={email} refusal={refusal} />
        <Field
          name="password"
          label={fields.password}
          type="password"
          autocomplete="new-password"
          refusal={refusal}
          {...newPasswordProps(frame)}
        />
        <button>{register.button}</button>
      </form>
      <p class="aside">
        {register.haveAccount} <a href={onwards(frame, 'login')}>{register.logIn}</a>
      </p>
    </Layout>
  )
}
