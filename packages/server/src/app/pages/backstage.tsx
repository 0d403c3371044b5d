/** The page at /backstage: what it is about, and the requests that were recorded. */
import { readFileSync } from 'node:fs'
import type { VNode } from 'preact'
import type { Recording } from '../backstage-recording.ts'
import { Request } from './backstage-request.tsx'
import { OwnLayout } from './own-layout.tsx'
import { render } from './render.ts'

const STYLE = readFileSync(new URL('./backstage.css', import.meta.url), 'utf8')
const SCRIPT = readFileSync(new URL('./backstage.client.js', import.meta.url), 'utf8')

/** What the page is about, and how it stands. */
const Introduction = ({ origin, isEmpty }: { readonly origin: string; readonly isEmpty: boolean }): VNode => (
  <header>
    <h1>Backstage</h1>
    <p>
      What the last 20 requests did, step by step through <b>app</b>, <b>auth</b> and <b>db</b>. Send some:{' '}
      <a href="./">from the welcome page</a> in another window, or with curl.
    </p>
    <pre>
      <code>curl {origin}/users -d email=bob@example.com -d password=mySuperPwd</code>
    </pre>
    <p class="secrets">
      Passwords are dots. Of tokens and hashes you see the first digits of a SHA-256, so that you recognise one when it
      comes back.
    </p>
    <p id="state" role="status">
      {isEmpty ? 'Nothing yet.' : 'Recorded so far:'}
    </p>
    <p>
      <button id="pause" type="button" aria-pressed="false" hidden>
        Pause
      </button>
    </p>
    <p id="by-hand" class="notice">
      Without JavaScript this page records for a minute after you opened it. <a href="">Load it again</a> to see what
      came in.
    </p>
  </header>
)

/** The page, with what is recorded so far. */
export function backstagePage(recordings: readonly Recording[], origin: string, nonce: string): string {
  return render(
    <OwnLayout title="Backstage · Bienvenue" nonce={nonce} style={STYLE} script={SCRIPT}>
      <main>
        <Introduction origin={origin} isEmpty={recordings.length === 0} />
        <div id="requests">
          {recordings.map((recording) => (
            <Request key={recording.number} {...recording} />
          ))}
        </div>
      </main>
    </OwnLayout>,
  )
}
