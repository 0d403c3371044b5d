/** The page where people take their data along. */
import type { VNode } from 'preact'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import { Back } from './parts.tsx'

/** What the file holds, and the button that downloads it. */
export function exportPage(frame: Frame): VNode {
  const { title, lead, contents, secrets, leftOut, button } = frame.words.account.download
  return (
    <Layout frame={frame} title={title}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <ul>
        {Object.entries(contents).map(([member, text]) => (
          <li key={member}>{text}</li>
        ))}
      </ul>
      <p>{secrets}</p>
      <p class="hint">{leftOut}</p>
      <form method="post" action={`${frame.home}account/export`} data-stays>
        <button>{button}</button>
      </form>
      <Back frame={frame} />
    </Layout>
  )
}
