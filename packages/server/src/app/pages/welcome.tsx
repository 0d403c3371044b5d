/** The page at /: what runs here, and a form to try each request. */
import { readFileSync } from 'node:fs'
import type { InputHTMLAttributes, VNode } from 'preact'
import { hasBackstage, hasInbox } from '../../settings-safety.ts'
import type { Settings } from '../../settings.ts'
import { Layout, render } from './layout.tsx'

const STYLE = readFileSync(new URL('./welcome.css', import.meta.url), 'utf8')
const SCRIPT = readFileSync(new URL('./welcome.client.js', import.meta.url), 'utf8')

type Field = InputHTMLAttributes & { readonly name: string }

interface Try {
  readonly id: string
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly fields: readonly Field[]
  readonly says: string
}

const EMAIL: Field = { name: 'email', type: 'email', autocomplete: 'username' }
const TRIES: readonly Try[] = [
  {
    id: 'register',
    title: 'Register',
    method: 'POST',
    path: 'users',
    fields: [EMAIL, { name: 'password', type: 'password', autocomplete: 'new-password' }],
    says: 'Makes an account.',
  },
  {
    id: 'login',
    title: 'Log in',
    method: 'POST',
    path: 'sessions',
    fields: [EMAIL, { name: 'password', type: 'password', autocomplete: 'current-password' }],
    says: 'Opens a session; your browser keeps its cookie.',
  },
  {
    id: 'profile',
    title: 'See who is logged in',
    method: 'GET',
    path: 'profile',
    fields: [],
    says: 'Answers 403 to whoever is not logged in.',
  },
  {
    id: 'logout',
    title: 'Log out',
    method: 'DELETE',
    path: 'sessions',
    fields: [],
    says: 'Ends the session, then leads back here.',
  },
  {
    id: 'forgot',
    title: 'Ask for a reset token',
    method: 'POST',
    path: 'reset_password',
    fields: [EMAIL],
    says: 'In the preset classic the answer holds the token.',
  },
  {
    id: 'reset',
    title: 'Set a new password',
    method: 'PUT',
    path: 'reset_password',
    fields: [
      EMAIL,
      { name: 'reset_token', type: 'text', autocomplete: 'off' },
      { name: 'new_password', type: 'password', autocomplete: 'new-password' },
    ],
    says: 'Spends the token and ends every session.',
  },
]

/** One request to try: its fields, a button, and a place for the answer. */
const TryForm = ({ id, title, method, path, fields, says }: Try): VNode => (
  <section aria-labelledby={`${id}-title`}>
    <h2 id={`${id}-title`}>{title}</h2>
    <p>
      <code>
        {method} /{path}
      </code>{' '}
      {says}
    </p>
    <form id={id} action={path} method={method === 'GET' ? 'get' : 'post'} data-method={method}>
      {fields.map((field) => (
        <p key={field.name}>
          <label for={`${id}-${field.name}`}>{field.name}</label>
          <input {...field} id={`${id}-${field.name}`} required />
        </p>
      ))}
      <button>{title}</button>
    </form>
    <pre role="status" aria-label={`Answer to: ${title}`} hidden />
  </section>
)

/** The page, with what the preset means for whoever reads it. */
export function welcomePage(settings: Settings, nonce: string): string {
  const { preset } = settings
  return render(
    <Layout title="Bienvenue" nonce={nonce} style={STYLE} script={SCRIPT}>
      <main>
        <h1>Bienvenue</h1>
        <p>
          A user authentication service runs here, with the preset <strong>{preset}</strong>. Programs that ask for this
          page get <code>{'{"message": "Bienvenue"}'}</code>.
        </p>
        {preset === 'classic' && (
          <p class="notice">
            Classic is made for learning: it hands out reset tokens, tells which emails exist, and takes any password.
            Do not keep real people’s accounts in it.
          </p>
        )}
        {hasBackstage(settings) && (
          <p>
            <a href="backstage">Backstage</a> shows what each request does: every step with its line in the source,
            every statement, every row before and after.
          </p>
        )}
        {hasInbox(settings) && (
          <p>
            No mail server is set: the <a href="inbox">inbox</a> holds the letters that would have been sent.
          </p>
        )}
        <noscript>
          <p class="notice">
            Without JavaScript this page can send GET and POST alone; PUT and DELETE need a program such as curl.
          </p>
        </noscript>
        {TRIES.map((request) => (
          <TryForm key={request.id} {...request} />
        ))}
      </main>
    </Layout>,
  )
}
