/** The page that shows where one is logged in. */
import type { VNode } from 'preact'
import type { ListedSession } from '../../../auth/sessions.ts'
import { inWordsOf } from '../../../circumstances-words.ts'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import type { Refusal } from '../refusals.ts'
import { FormRefusal } from '../field.tsx'
import { fromNow } from '../times.ts'
import { Back, sentence, Stranger } from './parts.tsx'

const MOST_SHOWN = 15 // with as many the page stays as light as all others
const MANY = 5 // of others: then the button that ends them all stands before them

/** The sessions of a person. */
export interface SessionList {
  readonly sessions: readonly ListedSession[]
  /** The id of the one that asks. */
  readonly current: string
  /** Whether one that is not used ends before the end that is told. */
  readonly idleEnds: boolean
  readonly now: Date
}

/** The list, this session first, and a button for each other that is shown; with why the last try was refused. */
export function sessionsPage(
  frame: Frame,
  { sessions, current, idleEnds, now }: SessionList,
  refusal: Refusal | null = null,
): VNode {
  const words = frame.words.sessions
  const others = sessions.filter(({ id }) => id !== current)
  const ordered = [...sessions.filter(({ id }) => id === current), ...others]
  const left = ordered.length - MOST_SHOWN
  return (
    <Layout frame={frame} title={words.title} isRefused={refusal !== null}>
      <h1>{words.title}</h1>
      <p class="lead">{others.length === 0 ? words.alone : words.lead}</p>
      <FormRefusal refusal={refusal} fields={[]} />
      {others.length > MANY && <EndOthers frame={frame} />}
      <ul class="sessions">
        {ordered.slice(0, MOST_SHOWN).map((session) => (
          <Item key={session.id} frame={frame} session={session} isCurrent={session.id === current} now={now} />
        ))}
      </ul>
      {left > 0 && <p>{words.more(left)}</p>}
      {idleEnds && <p class="hint">{words.idle}</p>}
      {others.length > 0 && others.length <= MANY && <EndOthers frame={frame} />}
      <Stranger frame={frame} words={words} />
      <Back frame={frame} />
    </Layout>
  )
}

/** The button that ends all but this one. */
const EndOthers = ({ frame: { words, home } }: { readonly frame: Frame }): VNode => (
  <form method="post" action={`${home}account/sessions`}>
    <button class="danger" name="others" value="yes" aria-describedby="others-hint">
      {words.sessions.endOthers}
    </button>
    <p id="others-hint" class="hint">
      {words.sessions.othersHint}
    </p>
  </form>
)

/** One session, as the list shows it. */
interface ItemProps {
  readonly frame: Frame
  readonly session: ListedSession
  readonly isCurrent: boolean
  readonly now: Date
}

/** What a session is known by, and the button that ends it. */
const Item = ({ frame, session, isCurrent, now }: ItemProps): VNode => {
  const { words, language, home } = frame
  const { current, end } = words.sessions
  const device = sentence(inWordsOf(language, session.device))
  return (
    <li>
      <h2>
        {device} {isCurrent && <span class="badge good">{current}</span>}
      </h2>
      <Details frame={frame} session={session} now={now} />
      {!isCurrent && (
        <form method="post" action={`${home}account/sessions`}>
          <button class="quiet" name="session" value={session.id} aria-label={`${end}: ${device}`}>
            {end}
          </button>
        </form>
      )}
    </li>
  )
}

/** Where it is, and its times. */
const Details = ({ frame: { words, language }, session, now }: Omit<ItemProps, 'isCurrent'>): VNode => {
  const { place, opened, used, ends } = words.sessions
  const times = [
    [opened, session.createdAt],
    [used, session.usedAt],
    [ends, session.expiresAt],
  ] as const
  return (
    <dl>
      <div>
        <dt>{place}</dt>
        <dd>{sentence(inWordsOf(language, session.place))}</dd>
      </div>
      {times.map(([name, instant]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <time dateTime={instant.toISOString()}>{sentence(fromNow(language, instant, now))}</time>
          </dd>
        </div>
      ))}
    </dl>
  )
}
