/** The page at /inbox: the letters that would have been sent, the latest first. No script. */
import { readFileSync } from 'node:fs'
import type { VNode } from 'preact'
import type { Auth } from '../../auth/auth.ts'
import type { Frame } from './frame.ts'
import { OwnLayout } from './own-layout.tsx'
import { render } from './render.ts'
import { WORDS } from './words/language.ts'
import type { Words } from './words/words.ts'

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
const LetterArticle = ({
  letter: { id, to, subject, text, sentAt },
  home,
  words,
}: {
  readonly letter: Letter
  readonly home: string
  readonly words: Words['inbox']
}): VNode => {
  const time = sentAt.toISOString()
  return (
    <article aria-labelledby={`subject-${id}`}>
      <h2 id={`subject-${id}`}>{subject}</h2>
      <p class="envelope">
        {words.to} <b>{to}</b>, <time dateTime={time}>{`${time.slice(0, 10)} ${time.slice(11, 19)} UTC`}</time>
      </p>
      <LetterText text={text} />
      <details>
        <summary>{words.html}</summary>
        <iframe sandbox="" src={`${home}inbox/${id}`} loading="lazy" title={words.letter(id)} />
      </details>
    </article>
  )
}

/** The page, with all letters that are kept: each in the language that it was written in. */
export function inboxPage(
  letters: readonly Letter[],
  { home, nonce, language }: Pick<Frame, 'home' | 'nonce' | 'language'>,
): string {
  const words = WORDS[language].inbox
  return render(
    <OwnLayout title={`${words.title} · Bienvenue`} language={language} nonce={nonce} style={STYLE}>
      <main>
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
        <p class="notice">{words.warning}</p>
        <p>
          <a href={`${home}inbox`}>{words.again}</a> · <a href={home}>{words.home}</a>
        </p>
        {letters.length === 0 && <p role="status">{words.empty}</p>}
        {letters.map((letter) => (
          <LetterArticle key={letter.id} letter={letter} home={home} words={words} />
        ))}
      </main>
    </OwnLayout>,
  )
}
