/** The page that shows what happened to one's account lately. */
import type { VNode } from 'preact'
import type { OwnEvent } from '../../../auth/audit.ts'
import { inWordsOf } from '../../../circumstances-words.ts'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import { fromNow } from '../times.ts'
import { Back, sentence, Stranger } from './parts.tsx'

const MOST_LINES = 32 // with as many the page stays as light as all others

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
          {fitting(folded(events)).map((event, index) => (
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

/** As many lines as the page bears: of each kind as many of the latest as of any other, so that a flood of one kind hides no other. */
function fitting(lines: readonly OwnEvent[], mostOfAKind = MOST_LINES): readonly OwnEvent[] {
  const counts = new Map<string, number>()
  const kept = lines.filter(({ event }) => {
    const count = (counts.get(event) ?? 0) + 1
    counts.set(event, count)
    return count <= mostOfAKind
  })
  return kept.length <= MOST_LINES || mostOfAKind === 1 ? kept : fitting(lines, mostOfAKind - 1)
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
