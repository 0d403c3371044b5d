/** The colours of the operator's brand, made so that everybody can read them. */

type Rgb = readonly [red: number, green: number, blue: number]

const TEXT_RATIO = 4.5 // WCAG 2.2, 1.4.3
const EASY_RATIO = 6 // bright on dark tires the eyes sooner
const CONTROL_RATIO = 3 // WCAG 2.2, 1.4.11
const LIGHT: Rgb = [245, 245, 242] // the darkest light ground and the lightest dark one of style/ground.css
const DARK: Rgb = [27, 30, 38]
const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [255, 255, 255]

/** The custom properties that the stylesheet takes its brand from, for light and for dark. */
export function brandStyle({ color, cornerPixels }: { readonly color: string; readonly cornerPixels: number }): string {
  const accent = parse(color)
  const light = properties(accent, {
    edge: shade(accent, LIGHT, BLACK, CONTROL_RATIO),
    link: shade(accent, LIGHT, BLACK, TEXT_RATIO),
  })
  const lifted = shade(accent, DARK, WHITE, CONTROL_RATIO)
  const dark = properties(lifted, { edge: lifted, link: shade(accent, DARK, WHITE, EASY_RATIO) })
  return `:root{--corner:${cornerPixels}px;${light}}\n@media (prefers-color-scheme:dark){:root{${dark}}}\n`
}

/** The properties of one theme. */
function properties(accent: Rgb, { edge, link }: { readonly edge: Rgb; readonly link: Rgb }): string {
  const on = ratio(accent, WHITE) >= TEXT_RATIO || ratio(accent, WHITE) >= ratio(accent, BLACK) ? WHITE : BLACK
  const hover = mix(accent, on === WHITE ? BLACK : WHITE, 0.14)
  const colors = { accent, 'accent-hover': hover, 'on-accent': on, 'accent-edge': edge, link }
  return Object.entries(colors)
    .map(([name, value]) => `--${name}:${hex(value)}`)
    .join(';')
}

/** The colour, or the first shade of it towards `end` that stands out from this ground so much. */
function shade(color: Rgb, ground: Rgb, end: Rgb, least: number): Rgb {
  const shades = Array.from({ length: 51 }, (_, step) => mix(color, end, step / 50))
  return shades.find((one) => ratio(one, ground) >= least) ?? end
}

/** The contrast of two colours, from 1 to 21 (WCAG 2.2). */
export function ratio(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** How bright a colour is, from 0 to 1 (WCAG 2.2). */
function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** A colour between two. */
function mix([red, green, blue]: Rgb, [toRed, toGreen, toBlue]: Rgb, share: number): Rgb {
  const between = (from: number, to: number): number => Math.round(from + (to - from) * share)
  return [between(red, toRed), between(green, toGreen), between(blue, toBlue)]
}

/** A colour out of `#rrggbb`. */
export function parse(color: string): Rgb {
  const number = Number.parseInt(color.slice(1), 16)
  return [number >> 16, (number >> 8) & 255, number & 255]
}

/** A colour as `#rrggbb`. */
function hex(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
