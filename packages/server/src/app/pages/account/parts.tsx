/** What several pages of the account have: whose account it is, a box to tick, and the way back. */
import type { VNode } from 'preact'
import type { User } from '../../../user.ts'
import type { Frame } from '../frame.ts'

/** Whose password is typed below: so that password managers know which to fill in, and which to renew. [ASVS 6.2.7] */
export const Owner = ({ email }: Pick<User, 'email'>): VNode => (
  <input type="email" name="email" value={email} autocomplete="username" readOnly hidden />
)

/** A box to tick. */
export interface CheckboxProps {
  readonly name: string
  readonly label: string
  readonly isTicked?: boolean
  readonly isRequired?: boolean
  /** Why the form was refused without the tick; null at first. */
  readonly refusal?: string | null
}

/** The box with its label beside it. It sends `yes`. */
export const Checkbox = ({
  name,
  label,
  isTicked = false,
  isRequired = false,
  refusal = null,
}: CheckboxProps): VNode => (
  <div class="field">
    <label class="check">
      <input
        type="checkbox"
        id={name}
        name={name}
        value="yes"
        checked={isTicked}
        required={isRequired}
        {...(refusal !== null && { 'aria-invalid': 'true' as const, 'aria-describedby': `${name}-refusal` })}
      />
      <span>{label}</span>
    </label>
    {refusal !== null && (
      <p id={`${name}-refusal`} class="refusal" role="alert">
        {refusal}
      </p>
    )}
  </div>
)

/** The way back to the overview. */
export const Back = ({ frame }: { readonly frame: Frame }): VNode => (
  <p class="aside">
    <a href={`${frame.home}account`}>{frame.words.account.back}</a>
  </p>
)

/** What leads to another password. */
export interface StrangerProps {
  readonly frame: Frame
  readonly words: { readonly stranger: string; readonly changePassword: string }
}

/** What to do about something in a list that is not one's own. */
export const Stranger = ({ frame, words }: StrangerProps): VNode => (
  <p>
    {words.stranger} <a href={`${frame.home}account/password`}>{words.changePassword}</a>.
  </p>
)

/** Words as they begin a line. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
