/** The page where people change a password that they know. */
import type { VNode } from 'preact'
import type { User } from '../../../user.ts'
import { Field, FormRefusal, newPasswordProps } from '../field.tsx'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import type { Refusal } from '../refusals.ts'
import { Back, Checkbox, Owner } from './parts.tsx'

/** The form; with why the last try was refused. The tick is kept, passwords never are. */
export function passwordPage(
  frame: Frame,
  user: Pick<User, 'email'>,
  endOthers: boolean,
  refusal: Refusal | null = null,
): VNode {
  const { home, words } = frame
  const { title, lead, endOthers: others, forgotten, button } = words.account.password
  return (
    <Layout frame={frame} title={title} isRefused={refusal !== null}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <form method="post" action={`${home}account/password`}>
        <Owner email={user.email} />
        <FormRefusal refusal={refusal} fields={['password', 'new_password']} />
        <Field
          name="password"
          label={words.fields.currentPassword}
          type="password"
          autocomplete="current-password"
          refusal={refusal}
        />
        <p class="beside">
          <a href={`${home}forgot`}>{forgotten}</a>
        </p>
        <Field
          name="new_password"
          label={words.fields.newPassword}
          type="password"
          autocomplete="new-password"
          refusal={refusal}
          {...newPasswordProps(frame)}
        />
        <Checkbox name="end_others" label={others} isTicked={endOthers} />
        <button>{button}</button>
      </form>
      <Back frame={frame} />
    </Layout>
  )
}
