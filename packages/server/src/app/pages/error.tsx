/** The pages that tell what went wrong. Nothing of the request is on them but its number. */
import type { VNode } from 'preact'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import { Wait } from './wait.tsx'
import type { Words } from './words/words.ts'

/** What went wrong, as people are told. */
export interface Wrong {
  readonly status: number
  /** Whether another site sent the request. */
  readonly isForeign: boolean
  /** After how many seconds trying again makes sense; null where nobody knows. */
  readonly waitSeconds: number | null
  /** The number under which the log tells more; null where there is nothing more to tell. */
  readonly id: string | null
}

/** The page. */
export function errorPage(frame: Frame, { status, isForeign, waitSeconds, id }: Wrong): VNode {
  const { errors, shell } = frame.words
  const { title, text } = isForeign ? errors.foreign : (told(errors, status) ?? errors.other)
  return (
    <Layout frame={frame} title={title}>
      <p class="status">{status}</p>
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      {waitSeconds !== null && <Wait seconds={waitSeconds} errors={errors} />}
      {id !== null && <p class="hint">{errors.number(id)}</p>}
      <p class="ways">
        {(status >= 500 || status === 429) && (
          <a class="button" href={frame.path}>
            {errors.again}
          </a>
        )}
        {(status === 401 || status === 403) && frame.user === null && !isForeign && (
          <a class="button" href={`${frame.home}login`}>
            {shell.logIn}
          </a>
        )}
        <a class="button second" href={frame.home}>
          {errors.home}
        </a>
      </p>
    </Layout>
  )
}

type Told = Pick<Words['errors'], 400>[400]

/** The words for a status, or null. */
function told(errors: Words['errors'], status: number): Told | null {
  const byStatus: Readonly<Record<number, Told>> = errors
  return byStatus[status] ?? null
}
