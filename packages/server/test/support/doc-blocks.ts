/** The examples on the pages of the docs: where each stands, what it is, and what it says that it prints. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The root of the repository. */
export const root = join(import.meta.dirname, '../../../..')

/** A block of code on a page. */
export interface Block {
  /** The page, from the root. */
  readonly page: string
  /** The line of its fence. */
  readonly line: number
  readonly language: string
  readonly code: string
  /** Why it is not run, from the comment before it: `<!-- not run: reason -->`. An empty reason is none. */
  readonly notRun: string | null
  /** The program that it needs, and that not every machine has: `<!-- needs: sqlite3 -->`. */
  readonly needs: string | null
  /** The file that it is, from the comment before it: `<!-- serves: app.ts -->`. It is started, and answers from then on. */
  readonly serves: string | null
}

/** A step of a block for the shell: commands, and the lines that the page says they print. */
export interface Step {
  readonly commands: string
  readonly prints: readonly string[]
}

const BLOCK = /(?:^<!-- (?<mark>not run|needs|serves):(?<said>.*?)-->\n\n?)?^```(?<language>.*)\n(?<code>[^]*?)^```$/gm

/** The README and the pages of docs/, by their paths from the root. */
export function pages(): readonly string[] {
  const inDocs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', ...inDocs.map((name) => `docs/${name}`)]
}

/** The blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  return blocksIn(page, readFileSync(join(root, page), 'utf8'))
}

/** The blocks in the text of a page. */
export function blocksIn(page: string, text: string): readonly Block[] {
  return [...text.matchAll(BLOCK)].map((match) => {
    const { mark, said = '', language = '', code = '' } = match.groups ?? {}
    return {
      page,
      line: text.slice(0, match.index + match[0].indexOf('```')).split('\n').length,
      language,
      code,
      notRun: mark === 'not run' ? said.trim() : null,
      needs: mark === 'needs' ? said.trim() : null,
      serves: mark === 'serves' ? said.trim() : null,
    }
  })
}

/** The steps of a block for the shell: what stands in comment lines is what the commands before them print. */
export function stepsOf(code: string): readonly Step[] {
  const steps: { commands: string; prints: string[] }[] = []
  for (const line of code.trimEnd().split('\n')) {
    const last = steps.at(-1)
    const print = /^# ?(.*)$/.exec(line)?.[1]
    if (print !== undefined && last !== undefined) last.prints.push(print)
    else if (last === undefined || last.prints.length > 0) steps.push({ commands: line, prints: [] })
    else last.commands += `\n${line}`
  }
  return steps
}

/** What a program says that it prints: the comments behind its calls of `console.log`. */
export function printsOf(code: string): readonly string[] {
  return [...code.matchAll(/console\.log\(.*\) \/\/ (?<print>.*)$/gm)].map(({ groups }) => groups?.['print'] ?? '')
}

/** Text with what differs each time replaced by its kind: tokens, ids, instants and dates. */
export function alike(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[\w-]{43})?/g, (id) => (id.length > 36 ? 'TOKEN' : 'ID'))
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, 'INSTANT')
    .replace(/\b20\d\d-\d\d-\d\d\b/g, 'DATE')
}
