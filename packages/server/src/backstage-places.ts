/** Where something stands in the source, as a file and a line. The published package has no .ts files, but their texts in its source maps. */
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'

const EXTENSION = extname(import.meta.url)
const texts = new Map<string, string>()

/** File and line of a method of this class, or of a function where none is named: `auth/reset.ts:52`. Without the line when it is not found. */
export function placeOfMethod(file: string, name: string, className: string | null = null): string {
  const text = sourceOf(file)
  const from = className === null ? 0 : text.indexOf(`class ${className} `)
  const method = new RegExp(`^(?: {2}(?:override )?(?:async )?|export (?:async )?function )${name}(?:<[^>]*>)?\\(`, 'm')
  return from === -1 ? file : withLine(file, text, method, from)
}

/** File and line of the route that this method and path declare: `app/api/reset.ts:34`. */
export function placeOfRoute(file: string, method: string, path: string): string {
  const declaration = new RegExp(`\\bapp\\.${method.toLowerCase()}\\(\\s*'${path}'`)
  return withLine(file, sourceOf(file), declaration, 0)
}

/** A file with the line on which the first match stands, from some place on. */
function withLine(file: string, text: string, pattern: RegExp, from: number): string {
  const found = pattern.exec(text.slice(from))
  return found === null ? file : `${file}:${text.slice(0, from + found.index).split('\n').length}`
}

/** The text of a source as it was written; empty when it cannot be had: a page without lines is better than a request without an answer. */
function sourceOf(file: string): string {
  const known = texts.get(file)
  if (known !== undefined) return known
  const text = readOrNothing(file)
  texts.set(file, text)
  return text
}

/** Reads a source: itself where it runs as it is, else out of the source map that lies beside what was made of it. */
function readOrNothing(file: string): string {
  try {
    if (EXTENSION === '.ts') return readFileSync(new URL(file, import.meta.url), 'utf8')
    const map = new URL(`${file.replace(/\.tsx?$/, EXTENSION)}.map`, import.meta.url)
    const { sourcesContent } = JSON.parse(readFileSync(map, 'utf8')) as { readonly sourcesContent?: readonly string[] }
    return sourcesContent?.[0] ?? ''
  } catch {
    return ''
  }
}
