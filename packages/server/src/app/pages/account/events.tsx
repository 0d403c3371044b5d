/** The page that shows what happened to one's account lately. */
import type { VNode } from 'preact'
import type { OwnEvent } from '../../../auth/audit.ts'
import { inWordsOf } from '../../../circumstances-words.ts'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import { fromNow } from '../times.ts'
import { Back, Stranger } from './parts.tsx'

/** The events of a person, the latest first. */
export interface EventList {
  readonly events: readonly OwnEvent[]
  /** The id of the session that asks. */
  readonly current: string
  readonly now: Date
}

/** The list, a sentence for each event. */
export function eventsPage(frame: Frame, { events, current, now }: EventList): VNode {
  const words = frame.words.events
  return (
    <Layout frame={frame} title={words.title}>
      <h1>{words.title}</h1>
      <p class="lead">{events.length === 0 ? words.none : words.lead}</p>
      {events.length > 0 && (
        <ol class="events">
          {folded(events).map((event, index) => (
            <Item key={index} frame={frame} event={event} isCurrent={event.sessionId === current} now={now} />
          ))}
        </ol>
      )}
      <Stranger frame={frame} words={words} />
      <Back frame={frame} />
    </Layout>
  )
}

/** One line of the list. */
interface ItemProps {
  readonly frame: Frame
  readonly event: OwnEvent
  readonly isCurrent: boolean
  readonly now: Date
}

/** What happened, how often, from where and when. */
const Item = ({ frame: { words, language }, event, isCurrent, now }: ItemProps): VNode => {
  const { what, times, current } = words.events
  const { at, device, place } = event
  const seen = [device, place].flatMap((each) => (each === null ? [] : [inWordsOf(language, each)]))
  return (
    <li>
      <p>
        {what[event.event]} {event.times > 1 && <span class="badge">{times(event.times)}</span>}
        {isCurrent && <span class="badge good">{current}</span>}
      </p>
      <p class="seen">
        <time dateTime={at.toISOString()}>{sentence(fromNow(language, at, now))}</time>
        {seen.map((each) => ` · ${each}`)}
      </p>
    </li>
  )
}

/** Refusals that are alike and follow each other, as one: the latest, with their number. */
function folded(events: readonly OwnEvent[]): readonly OwnEvent[] {
  const lines: OwnEvent[] = []
  for (const event of events) {
    const last = lines.at(-1)
    if (last !== undefined && isAlike(last, event)) lines.splice(-1, 1, { ...last, times: last.times + event.times })
    else lines.push(event)
  }
  return lines
}

/** Whether two events are the same refusal from the same place. */
function isAlike(one: OwnEvent, other: OwnEvent): boolean {
  const isRefused = one.outcome === 'failure' && one.event === other.event
  return isRefused && one.device === other.device && one.place === other.place
}

/** Words as they begin a line. */
function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
