/** The frame of every page. */
import { readFileSync } from 'node:fs'
import type { ComponentChildren, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'

const BASE = readFileSync(new URL('./base.css', import.meta.url), 'utf8')

/** What a page gives to its frame. */
export interface LayoutProps {
  readonly title: string
  readonly nonce: string
  /** What this page alone looks like, on top of what all pages share. */
  readonly style: string
  readonly script?: string
  readonly children: ComponentChildren
}

/** Head and body around what a page shows. Style and script are our own files, so they may stand there as they are. */
export const Layout = ({ title, nonce, style, script = '', children }: LayoutProps): VNode => (
  <html lang="en">
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

/** A page as text. */
export function render(page: VNode): string {
  return `<!doctype html>${renderToString(page)}\n`
}
