/** What pages load: one stylesheet, one script and the operator's logo. Their names are made of their content, so browsers may keep them for ever. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { SettingsError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { brandStyle } from './brand.ts'
import { HttpError } from './errors.ts'

/** The parts of the stylesheet, as one file; the order counts, because of two rules alike the later one holds. */
const STYLE = ['ground', 'frame', 'text', 'lists', 'events', 'forms', 'buttons', 'screens']
  .map((part) => read(`style/${part}.css`))
  .join('')
const SCRIPT = read('pages.client.js')
const MOST_LOGO_BYTES = 100_000
const HIDDEN = { schema: { hide: true } } // neither in openapi.json nor in an Allow

/** The types that a logo may have, by the end of its file's name. */
const LOGO_TYPES: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
}

/** One file: under which name, of which type, what. */
interface Asset {
  readonly name: string
  readonly type: string
  readonly content: string | Buffer
}

/** The files of one service. */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>
  /** The names of the files, below `/assets/`. */
  readonly style: string
  /** The stylesheet itself. */
  readonly styleText: string
  readonly script: string
  readonly logo: string | null

  /** Makes the files as the settings ask for them. @throws {SettingsError} for a logo that cannot be used. */
  constructor({ brand }: Pick<Settings, 'brand'>) {
    this.styleText = `${withoutComments(STYLE)}${brandStyle(brand)}`
    const style = named('css', 'text/css; charset=utf-8', this.styleText)
    const script = named('js', 'text/javascript; charset=utf-8', withoutComments(SCRIPT))
    const logo = brand.logoFile === null ? null : readLogo(brand.logoFile)
    this.style = style.name
    this.script = script.name
    this.logo = logo?.name ?? null
    this.#files = new Map([style, script, ...(logo === null ? [] : [logo])].map((asset) => [asset.name, asset]))
  }

  /** Adds their route. A file never changes under its name, so nobody asks for it twice. */
  open(app: FastifyInstance): void {
    app.get<{ Params: { name: string } }>('/assets/:name', HIDDEN, async ({ params }, reply) => {
      const asset = this.#files.get(params.name)
      if (asset === undefined) throw new HttpError('http.not_found')
      reply.header('cache-control', 'public, max-age=31536000, immutable').type(asset.type)
      return Promise.resolve(asset.content)
    })
  }
}

/** The text of a file beside the pages. */
function read(path: string): string {
  return readFileSync(new URL(`./pages/${path}`, import.meta.url), 'utf8')
}

/** A file under the name that its content gives it. */
function named(ending: string, type: string, content: string | Buffer): Asset {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 16)
  return { name: `${hash}.${ending}`, type, content }
}

/** Our own text without what is written for readers of the source. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[^]*?\*\/\n?/gm, '').replace(/^\s+/gm, '')
}

/** The logo out of its file. It is served with a policy under which an SVG runs nothing. */
function readLogo(path: string): Asset {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  const type = LOGO_TYPES[ending]
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (type === undefined || size === undefined || size > MOST_LOGO_BYTES)
    throw new SettingsError(`BIENVENUE_BRAND_LOGO_FILE: must be a file .svg, .png or .webp, 100 kB at the most`)
  return named(ending, type, readFileSync(path))
}
