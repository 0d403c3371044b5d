/** One request on the page at /backstage. Everything that strangers sent is text here: the renderer escapes it. */
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { ShownRow, Statement, Step } from '../../backstage.ts'
import type { Recording } from '../backstage-recording.ts'
import type { Shown, ShownAnswer } from '../backstage-request.ts'

/** Milliseconds for people. */
function time(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`
}

/** Names with their values. */
const List = ({ shown }: { readonly shown: readonly Shown[] }): VNode => (
  <dl>
    {shown.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>
          <code>{value}</code>
        </dd>
      </div>
    ))}
  </dl>
)

/** One row of a table before and after a statement, column by column. */
const Change = ({ table, before, after }: Statement['changes'][number] & { readonly table: string }): VNode => {
  const deed = before === null ? 'added' : after === null ? 'removed' : 'changed'
  const isSame = before !== null && JSON.stringify(before) === JSON.stringify(after)
  return (
    <div class="scroll" role="region" aria-label={`A row of ${table}`} tabIndex={0}>
      <table>
        <caption>
          {table}: a row, {isSame ? 'left as it was' : deed}
        </caption>
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col">before</th>
            <th scope="col">after</th>
          </tr>
        </thead>
        <tbody>
          {Object.keys(after ?? before ?? {}).map((column) => (
            <Cells key={column} column={column} before={before} after={after} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One column of a row, before and after; marked where the two differ. */
const Cells = ({
  column,
  before,
  after,
}: {
  readonly column: string
  readonly before: ShownRow | null
  readonly after: ShownRow | null
}): VNode => {
  const [old, fresh] = [before?.[column], after?.[column]]
  return (
    <tr>
      <th scope="row">{column}</th>
      <td>{old === undefined ? '–' : old !== fresh ? <del>{old}</del> : old}</td>
      <td>{fresh === undefined ? '–' : old !== fresh ? <ins>{fresh}</ins> : fresh}</td>
    </tr>
  )
}

/** A statement with its parameters, and the rows that it changed. */
const Sql = ({ sql, parameters, table, changes }: Statement): VNode => (
  <div class="statement">
    <pre>
      <code>{sql}</code>
    </pre>
    {parameters.length > 0 && (
      <ol class="parameters" aria-label="Parameters">
        {parameters.map((value, index) => (
          <li key={index}>
            <code>{value}</code>
          </li>
        ))}
      </ol>
    )}
    {changes.map((change, index) => (
      <Change key={index} table={table ?? ''} {...change} />
    ))}
  </div>
)

/** Steps in the order in which they began, each with those within it. */
const Steps = ({ steps }: { readonly steps: readonly Step[] }): VNode => (
  <ol class="steps">
    {steps.map(({ layer, name, at, ms, outcome, refused, statement, within }, index) => (
      <li key={index}>
        <p>
          <span class={`layer ${layer}`}>{layer}</span> <b>{name}</b> <code class="at">{at}</code>{' '}
          {outcome !== '' && (
            <span class={refused ? 'refused' : 'outcome'}>{refused ? `✗ ${outcome}` : `→ ${outcome}`}</span>
          )}{' '}
          {ms !== null && <span class="ms">{time(ms)}</span>}
        </p>
        {statement !== null && <Sql {...statement} />}
        {within.length > 0 && <Steps steps={within} />}
      </li>
    ))}
  </ol>
)

/** What was answered. */
const Answer = ({ status, headers, body }: ShownAnswer): VNode => (
  <>
    <p>
      Status <b>{status}</b>
    </p>
    <List shown={headers} />
    {body.length > 0 && <List shown={body} />}
  </>
)

/** One request with all that it did. */
export const Request = (recording: Recording): VNode => {
  const { number, at, method, path, headers, fields, steps, answer, ms, cutOff, leftOut } = recording
  const state = cutOff ? 'cut off' : ms === null ? 'under way' : String(answer?.status ?? '')
  return (
    <article id={`request-${number}`} aria-labelledby={`title-${number}`}>
      <h2 id={`title-${number}`}>
        <span class="number">{number}</span> {method} {path}{' '}
        <span class={Number(state) < 400 ? 'state good' : 'state'}>{state}</span>
      </h2>
      <p class="when">
        <time dateTime={at.toISOString()}>{at.toISOString().slice(11, 23)} UTC</time>
        {ms !== null && `, ${time(ms)}`}
      </p>
      <details open>
        <summary>The request</summary>
        <List shown={[...headers, ...fields]} />
        {headers.length + fields.length === 0 && <p>Neither cookie nor fields.</p>}
      </details>
      <details open>
        <summary>What it did</summary>
        <Steps steps={steps} />
        {leftOut > 0 && <p>{leftOut} more steps are left out.</p>}
      </details>
      <details open>
        <summary>The answer</summary>
        {answer === null ? <p>Not yet.</p> : <Answer {...answer} />}
      </details>
    </article>
  )
}

/** A recording as the HTML that the page takes in. */
export function recordingHtml(recording: Recording): string {
  return renderToString(<Request {...recording} />)
}
