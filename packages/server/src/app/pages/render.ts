/** Pages as text. */
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'

/** A page as text. Whatever is put into it is escaped for the spot where it lands. [ASVS 1.2.1] */
export function render(page: VNode): string {
  return `<!doctype html>${renderToString(page)}\n`
}
