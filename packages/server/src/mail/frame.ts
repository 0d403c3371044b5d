/** How a letter looks: the same words as plain text and as HTML, with links to the web alone and nothing from elsewhere. */
import { markup } from './html.ts'
import type { Html } from './html.ts'
import type { Catalogue, LetterService, Words } from './words.ts'

/** A letter as it goes out, without its address. */
export interface WrittenLetter {
  readonly subject: string
  readonly text: string
  readonly html: string
}

type Block = Words['blocks'][number]

// No colours but those of the button: a client's own are legible, by day and by night.
const PAGE = 'margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif'
const COLUMN = 'max-width:560px;margin:0 auto'
const PARAGRAPH = 'margin:0 0 16px'
const BUTTON =
  'display:inline-block;padding:10px 18px;border-radius:6px;background:#1f5fd6;color:#ffffff;font-weight:600;text-decoration:none'
const SMALL = 'margin:0 0 16px;font-size:13px;word-break:break-all'
const FOOT = 'margin:32px 0 0;font-size:13px'

/** What the frame itself says, in one language. */
export type FrameWords = Pick<Catalogue, 'language' | 'colon' | 'foot'>

/**
 * Puts words into the frame.
 * @throws {TypeError} for a link that does not lead to the web.
 */
export function frame(
  { subject, blocks }: Words,
  { name, url }: LetterService,
  { language, colon, foot }: FrameWords,
): WrittenLetter {
  const end = `${foot(name)}${colon}`
  const home = webLink(url)
  return {
    subject: oneLine(subject),
    text: [...blocks.map((block) => asText(block, colon)), `${end}\n${home}\n`].join('\n\n'),
    html: markup`<!doctype html>
<html lang="${language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
</head>
<body style="${PAGE}">
<div style="${COLUMN}">
${blocks.map((block) => asHtml(block, colon))}<p style="${FOOT}">${end}<br><a href="${home}">${home}</a></p>
</div>
</body>
</html>
`.source,
  }
}

/** One block as plain text. A link stands on a line of its own, so that nothing sticks to it. */
function asText(block: Block, colon: string): string {
  if (typeof block === 'string') return block
  if ('link' in block) return `${block.label}${colon}\n${webLink(block.link)}`
  return block.map(([name, fact]) => `${name}${colon} ${oneLine(fact)}`).join('\n')
}

/** One block as HTML. A link is a button, and stands below it to be copied. */
function asHtml(block: Block, colon: string): Html {
  if (typeof block === 'string') return paragraph(block)
  if ('link' in block) {
    const link = webLink(block.link)
    return markup`<p style="${PARAGRAPH}"><a href="${link}" style="${BUTTON}">${block.label}</a></p>
<p style="${SMALL}"><a href="${link}">${link}</a></p>
`
  }
  return paragraph(block.map(([name, fact]) => markup`${name}${colon} <strong>${fact}</strong><br>`))
}

/** A paragraph on a line of its own. */
function paragraph(content: string | readonly Html[]): Html {
  return markup`<p style="${PARAGRAPH}">${content}</p>
`
}

/** A link in the one spelling that all clients read alike; no other scheme than those of the web [ASVS 1.2.2]. */
function webLink(link: string): string {
  const { protocol, href } = new URL(link)
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('A link in a letter must lead to the web.')
  return href
}

/** Text without line ends, which could end a header or forge a line. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}
