/** The page at /: what runs here, and a form to try each request. */
import type { InputHTMLAttributes, VNode } from 'preact'
import { hasBackstage, hasInbox } from '../../settings-safety.ts'
import type { Settings } from '../../settings.ts'
import { onwards } from './frame.ts'
import type { Frame } from './frame.ts'
import { Layout } from './layout.tsx'
import type { Words } from './words/words.ts'

type Field = InputHTMLAttributes & { readonly name: string }

interface Try {
  readonly id: keyof Words['welcome']['tries']
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly fields: readonly Field[]
}

const EMAIL: Field = { name: 'email', type: 'email', autocomplete: 'username' }
const TRIES: readonly Try[] = [
  {
    id: 'register',
    method: 'POST',
    path: 'users',
    fields: [EMAIL, { name: 'password', type: 'password', autocomplete: 'new-password' }],
  },
  {
    id: 'login',
    method: 'POST',
    path: 'sessions',
    fields: [EMAIL, { name: 'password', type: 'password', autocomplete: 'current-password' }],
  },
  {
    id: 'profile',
    method: 'GET',
    path: 'profile',
    fields: [],
  },
  {
    id: 'logout',
    method: 'DELETE',
    path: 'sessions',
    fields: [],
  },
  {
    id: 'forgot',
    method: 'POST',
    path: 'reset_password',
    fields: [EMAIL],
  },
  {
    id: 'reset',
    method: 'PUT',
    path: 'reset_password',
    fields: [
      EMAIL,
      { name: 'reset_token', type: 'text', autocomplete: 'off' },
      { name: 'new_password', type: 'password', autocomplete: 'new-password' },
    ],
  },
]

/** One request to try: its fields, a button, and a place for the answer. */
const TryForm = ({ request, words }: { readonly request: Try; readonly words: Words['welcome'] }): VNode => {
  const { id, method, path, fields } = request
  const { title, says } = words.tries[id]
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{title}</h3>
      <p>
        <code>
          {method} /{path}
        </code>{' '}
        {says}
      </p>
      <form id={id} action={path} method={method === 'GET' ? 'get' : 'post'} data-method={method}>
        {fields.map((field) => (
          <div class="field" key={field.name}>
            <label for={`${id}-${field.name}`}>{field.name}</label>
            <input {...field} id={`${id}-${field.name}`} required />
          </div>
        ))}
        <button class="second">{title}</button>
      </form>
      <pre role="status" aria-label={words.answerTo(title)} hidden />
    </section>
  )
}

/** What learners find here: the glass box, the inbox, and a form for each request of the contract. */
const Learning = ({ words, settings }: { readonly words: Words['welcome']; readonly settings: Settings }): VNode => (
  <>
    <h2>{words.learn}</h2>
    <p class="warning">{words.classic}</p>
    <p>
      {words.programs} <code>{'{"message": "Bienvenue"}'}</code>.
    </p>
    {hasBackstage(settings) && (
      <p>
        <a href="backstage">{words.backstage}</a> {words.backstageLead}
      </p>
    )}
    {hasInbox(settings) && (
      <p>
        <a href="inbox">{words.inbox}</a> {words.inboxLead}
      </p>
    )}
    <noscript>
      <p class="warning">{words.noScript}</p>
    </noscript>
    <div class="cards" data-no-answer={words.noAnswer} data-redirected={words.redirected}>
      {TRIES.map((request) => (
        <TryForm key={request.id} request={request} words={words} />
      ))}
    </div>
  </>
)

/** The page: the way to one's account; in classic, what learners find here. */
export function welcomePage(frame: Frame, settings: Settings): VNode {
  const isClassic = settings.preset === 'classic'
  return (
    <Layout frame={frame} title={frame.words.welcome.title} isWide={isClassic}>
      <Greeting frame={frame} />
      {isClassic && <Learning words={frame.words.welcome} settings={settings} />}
    </Layout>
  )
}

/** The way to one's account. */
const Greeting = ({ frame }: { readonly frame: Frame }): VNode => {
  const { brand, home, user } = frame
  const words = frame.words.welcome
  return (
    <>
      <h1>{words.title}</h1>
      <p class="lead">{user === null ? words.lead(brand.name) : words.signedIn(user.email)}</p>
      <p class="ways">
        {user === null ? (
          <>
            <a class="button" href={onwards(frame, 'login')}>
              {words.logIn}
            </a>
            <a class="button second" href={onwards(frame, 'register')}>
              {words.register}
            </a>
          </>
        ) : (
          <a class="button" href={`${home}account`}>
            {words.account}
          </a>
        )}
      </p>
    </>
  )
}
