/** The page at /inbox: the letters that would have been sent, the latest first. No script. */
import { readFileSync } from 'node:fs'
import type { VNode } from 'preact'
import type { Auth } from '../../auth/auth.ts'
import { OwnLayout } from './own-layout.tsx'
import { render } from './render.ts'

const STYLE = readFileSync(new URL('./inbox.css', import.meta.url), 'utf8')
const LINK = /(https?:\/\/[^\s<>"']+)/

type Letter = Awaited<ReturnType<Auth['inbox']>>[number]

/** The text of a letter, in which addresses of the web are links. */
const LetterText = ({ text }: { readonly text: string }): VNode => (
  <pre>
    {text
      .trim()
      .split(LINK)
      .map((part) => (LINK.test(part) && URL.canParse(part) ? <a href={part}>{part}</a> : part))}
  </pre>
)

/** One letter: its text, and how it would look as HTML, in a frame that can do nothing. */
const LetterArticle = ({ letter, home }: { readonly letter: Letter; readonly home: string }): VNode => {
  const { id, to, subject, text, sentAt } = letter
  const time = sentAt.toISOString()
  return (
    <article aria-labelledby={`subject-${id}`}>
      <h2 id={`subject-${id}`}>{subject}</h2>
      <p class="envelope">
        To <b>{to}</b>, <time dateTime={time}>{`${time.slice(0, 10)} ${time.slice(11, 19)} UTC`}</time>
      </p>
      <LetterText text={text} />
      <details>
        <summary>As HTML, where its links do nothing</summary>
        <iframe sandbox="" src={`${home}inbox/${id}`} loading="lazy" title={`Letter ${id} as HTML`} />
      </details>
    </article>
  )
}

/** The page, with all letters that are kept. */
export function inboxPage(letters: readonly Letter[], home: string, nonce: string): string {
  return render(
    <OwnLayout title="Inbox · Bienvenue" nonce={nonce} style={STYLE}>
      <main>
        <h1>Inbox</h1>
        <p>No mail server is set, so the letters of this service end here, the latest first. The last 200 are kept.</p>
        <p class="notice">
          They lie in the database in the clear, with links that work: whoever can open this page can follow them. It is
          for development, and is only there in the preset classic on this machine.
        </p>
        <p>
          <a href={`${home}inbox`}>Load again</a> · <a href={home}>Welcome page</a>
        </p>
        {letters.length === 0 && <p role="status">No letter yet.</p>}
        {letters.map((letter) => (
          <LetterArticle key={letter.id} letter={letter} home={home} />
        ))}
      </main>
    </OwnLayout>,
  )
}
