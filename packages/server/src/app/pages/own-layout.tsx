/** The frame of the pages for learners, /backstage and /inbox, which bring their own style along. */
import { readFileSync } from 'node:fs'
import type { ComponentChildren, VNode } from 'preact'
import type { Language } from '../../language.ts'

const BASE = readFileSync(new URL('./base.css', import.meta.url), 'utf8')

/** What a page gives to its frame. */
export interface OwnLayoutProps {
  readonly title: string
  readonly language?: Language
  readonly nonce: string
  /** What this page alone looks like, on top of what all such pages share. */
  readonly style: string
  readonly script?: string
  readonly children: ComponentChildren
}

/** Head and body around what a page shows. Style and script are our own files, so they may stand there as they are. */
export const OwnLayout = ({ title, language = 'en', nonce, style, script = '', children }: OwnLayoutProps): VNode => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
      <style nonce={nonce} dangerouslySetInnerHTML={{ __html: BASE + style }} />
    </head>
    <body>
      {children}
      {script !== '' && <script type="module" nonce={nonce} dangerouslySetInnerHTML={{ __html: script }} />}
    </body>
  </html>
)
