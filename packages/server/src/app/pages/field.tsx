/** One field of a form: its label, what to know before typing, and what was wrong with what came. */
import type { VNode } from 'preact'

/** A field. What was typed before is not in it: a page repeats nothing. */
export interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'password'
  /** By this, password managers know what to fill in. [ASVS 6.2.7] */
  readonly autocomplete: 'username' | 'current-password' | 'new-password'
  readonly hint?: string | null
  /** Why the last one was refused; null at first. */
  readonly refusal: string | null
}

/** The field with its label above it. Screen readers say hint and refusal with it. */
export const Field = ({ name, label, type, autocomplete, hint = null, refusal }: FieldProps): VNode => {
  const described = [hint !== null && `${name}-hint`, refusal !== null && `${name}-refusal`].filter(
    (id) => id !== false,
  )
  const common = {
    id: name,
    name,
    autocomplete,
    required: true,
    ...(described.length > 0 && { 'aria-describedby': described.join(' ') }),
    ...(refusal !== null && { 'aria-invalid': 'true' as const }),
  }
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint !== null && (
        <p id={`${name}-hint`} class="hint">
          {hint}
        </p>
      )}
      {refusal !== null && (
        <p id={`${name}-refusal`} class="refusal" role="alert">
          {refusal}
        </p>
      )}
      {type === 'email' ? (
        <input type="email" {...common} autocapitalize="none" spellcheck={false} />
      ) : (
        <input type="password" {...common} />
      )}
    </div>
  )
}
