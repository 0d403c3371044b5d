/** HTML that is written by hand, with everything that is put into it escaped. */

/** A piece of HTML that may stand in a page as it is. */
export class Html {
  readonly source: string

  /** Takes this as HTML. Only the `markup` tag calls it. */
  constructor(source: string) {
    this.source = source
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

/**
 * A template of HTML. Text that is put in is escaped, for content and for attributes in quotes [ASVS 1.2.1];
 * pieces of HTML stand as they are, and several follow each other.
 */
export function markup(fixed: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const written = values.map((value) => [value].flat().map(escaped).join(''))
  return new Html(String.raw({ raw: fixed }, ...written))
}

/** The source of one value. */
function escaped(value: string | Html): string {
  return value instanceof Html ? value.source : value.replace(/[&<>"']/g, (sign) => ESCAPES.get(sign) ?? '')
}
