/** The pages of leaving. */
import type { VNode } from 'preact'
import { onwards } from '../frame.ts'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import { Back, Checkbox } from './parts.tsx'

/** What happens, and a form with a box to tick; which may have been missed. */
export function deletionPage(frame: Frame, graceDays: number, isUnconfirmed: boolean): VNode {
  const { home } = frame
  const { title, lead, consequences, confirm, unconfirmed, rather, button } = frame.words.account.deletion
  return (
    <Layout frame={frame} title={title} isRefused={isUnconfirmed}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <ul>
        {consequences(graceDays).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <p>
        <a href={`${home}account/export`}>{rather}</a>
      </p>
      <form method="post" action={`${home}account/delete`}>
        <Checkbox name="confirm" label={confirm} isRequired refusal={isUnconfirmed ? unconfirmed : null} />
        <button class="danger">{button}</button>
      </form>
      <Back frame={frame} />
    </Layout>
  )
}

/** The last page. It holds nothing of anybody, so whoever opens it learns nothing. */
export function deletedPage(frame: Frame, graceDays: number): VNode {
  const { title, text, back, lost, ask, home } = frame.words.account.leaving
  return (
    <Layout frame={frame} title={title}>
      <h1>{title}</h1>
      <p role="status">{text(graceDays)}</p>
      <p>{back}</p>
      <p>
        {lost} <a href={onwards(frame, 'forgot')}>{ask}</a>
      </p>
      <p class="aside">
        <a href={frame.home}>{home}</a>
      </p>
    </Layout>
  )
}
