/** One field of a form: its label, what to know before typing, and what was wrong with what came. */
import type { VNode } from 'preact'
import type { Refusal } from './refusals.ts'
import { Wait } from './wait.tsx'
import type { Words } from './words/words.ts'

/** A field. */
export interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'password'
  /** By this, password managers know what to fill in. [ASVS 6.2.7] */
  readonly autocomplete: 'username' | 'email' | 'current-password' | 'new-password'
  readonly hint?: string | null
  /** What was typed before; never a password. */
  readonly value?: string
  /** How long a new password must be: the script says how much of it is there. */
  readonly length?: PasswordLength
  /** Why the form was refused last; null at first. It stands at this field if it means this field. */
  readonly refusal: Refusal | null
}

/** The length of a new password, as the script reads it. */
export interface PasswordLength {
  readonly 'data-minimum': number
  readonly 'data-counted': string
  readonly 'data-enough': string
}

/** What to know before choosing a new password, where there is anything to know. */
export function newPasswordProps({
  words: { fields },
  minimumLength,
}: {
  readonly words: Pick<Words, 'fields'>
  readonly minimumLength: number
}): Pick<FieldProps, 'hint' | 'length'> {
  if (minimumLength === 1) return {}
  return {
    hint: fields.passwordHint(minimumLength),
    length: {
      'data-minimum': minimumLength,
      'data-counted': fields.counted(minimumLength),
      'data-enough': fields.enough,
    },
  }
}

/** The field with its label above it. Screen readers say hint and refusal with it. */
export const Field = ({ name, label, hint = null, refusal, value = '', length, ...rest }: FieldProps): VNode => {
  const own = isOwn(refusal, name) ? refusal : null
  const described = [...(hint === null ? [] : [`${name}-hint`]), ...describedBy(name, refusal)]
  const common = {
    id: name,
    name,
    autocomplete: rest.autocomplete,
    required: true,
    ...(described.length > 0 && { 'aria-describedby': described.join(' ') }),
    ...(described.length > (hint === null ? 0 : 1) && { 'aria-invalid': 'true' as const }),
  }
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {rest.type === 'email' ? (
        <input type="email" {...common} value={value} autocapitalize="none" spellcheck={false} />
      ) : (
        <input type="password" {...common} {...length} />
      )}
      {own !== null && <RefusalText id={`${name}-refusal`} refusal={own} />}
      {hint !== null && (
        <p id={`${name}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  )
}

/** Whether a refusal means this field: it names it, and what was typed there is wrong. */
function isOwn(refusal: Refusal | null, name: string): boolean {
  return refusal?.isOfTyped === true && refusal.field === name
}

/** The texts that say what is wrong with a field: its own, or that of the form as a whole. None where nothing that was typed is wrong. */
function describedBy(name: string, refusal: Refusal | null): readonly string[] {
  if (refusal?.isOfTyped !== true || (refusal.field !== null && refusal.field !== name)) return []
  return [refusal.field === null ? 'refusal' : `${name}-refusal`]
}

/** Why it was refused, said aloud at once; with the seconds to wait, where there are some. */
const RefusalText = ({ id, refusal }: { readonly id: string; readonly refusal: Refusal }): VNode => (
  <>
    <p id={id} class="refusal" role="alert">
      {refusal.text}
    </p>
    {refusal.waitSeconds !== null && <Wait seconds={refusal.waitSeconds} errors={refusal.errors} />}
  </>
)

/** What is said of a form as a whole: a refusal that means no field of it. `fields` are the names that it has. */
export const FormRefusal = ({
  refusal,
  fields,
}: {
  readonly refusal: Refusal | null
  readonly fields: readonly string[]
}): VNode | null =>
  refusal === null || fields.some((field) => isOwn(refusal, field)) ? null : (
    <RefusalText id="refusal" refusal={refusal} />
  )
