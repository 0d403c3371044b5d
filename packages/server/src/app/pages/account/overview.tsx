/** The overview of one's account. */
import type { VNode } from 'preact'
import type { User } from '../../../user.ts'
import type { Frame } from '../frame.ts'
import { Layout } from '../layout.tsx'
import { dayOf } from '../times.ts'

const LINKS = [
  ['sessions', 'account/sessions'],
  ['events', 'account/events'],
  ['password', 'account/password'],
  ['download', 'account/export'],
  ['deletion', 'account/delete'],
] as const

/** What stands there about a person, and the way to everything that they can do with it. */
export function overviewPage(frame: Frame, user: User): VNode {
  const words = frame.words.account.overview
  return (
    <Layout frame={frame} title={words.title}>
      <h1>{words.title}</h1>
      <Facts frame={frame} user={user} />
      <ul class="choices">
        {LINKS.map(([name, path]) => (
          <li key={name} class={name === 'deletion' ? 'danger' : undefined}>
            <a href={`${frame.home}${path}`}>{words[name].title}</a>
            <p>{words[name].text}</p>
          </li>
        ))}
      </ul>
    </Layout>
  )
}

/** Email, its state, and since when. */
const Facts = ({ frame, user }: { readonly frame: Frame; readonly user: User }): VNode => {
  const words = frame.words.account.overview
  return (
    <dl class="facts">
      <div>
        <dt>{words.email}</dt>
        <dd>
          <strong>{user.email}</strong>{' '}
          <span class={user.emailVerified ? 'badge good' : 'badge'}>
            {user.emailVerified ? words.verified : words.unverified}
          </span>
        </dd>
        <dd>
          <a href={`${frame.home}account/email`}>{words.changeEmail}</a>
          {!user.emailVerified && (
            <>
              {' · '}
              <a href={`${frame.home}verify/again`}>{words.verify}</a>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>{words.since}</dt>
        <dd>
          <time dateTime={user.createdAt.toISOString()}>{dayOf(frame.language, user.createdAt)}</time>
        </dd>
      </div>
    </dl>
  )
}
