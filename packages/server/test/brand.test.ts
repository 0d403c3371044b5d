/** The operator's colours can be read, whatever they are. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brandStyle, parse, ratio } from '../src/app/brand.ts'

const GROUNDS = { light: '#f5f5f2', dark: '#1b1e26' } as const

function colorsIn(style: string): Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>> {
  const [light = '', dark = ''] = style.split('@media')
  const read = (text: string) =>
    Object.fromEntries(
      [...text.matchAll(/--([\w-]+):(#[0-9a-f]{6})/g)].map(([, name = '', color = '']) => [name, color] as const),
    )
  return { light: read(light), dark: read(dark) }
}

test('text on buttons, links and the edges of buttons stand out enough in light and in dark, for any colour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (number) => {
      const color = `#${number.toString(16).padStart(6, '0')}`
      const themes = colorsIn(brandStyle({ color, cornerPixels: 8 }))
      for (const theme of ['light', 'dark'] as const) {
        const found = themes[theme]
        const contrast = (one: string, other: string) => ratio(parse(one), parse(other))
        expect(contrast(found['on-accent'] ?? '', found['accent'] ?? '')).toBeGreaterThanOrEqual(4.5)
        expect(contrast(found['on-accent'] ?? '', found['accent-hover'] ?? '')).toBeGreaterThanOrEqual(4.5)
        expect(contrast(found['link'] ?? '', GROUNDS[theme])).toBeGreaterThanOrEqual(4.5)
        expect(contrast(found['accent-edge'] ?? '', GROUNDS[theme])).toBeGreaterThanOrEqual(3)
      }
    }),
    { numRuns: 3000 },
  )
})

test('where the colour itself will do, it is the one that is shown', () => {
  const { light } = colorsIn(brandStyle({ color: '#3451b2', cornerPixels: 8 }))
  expect([light['accent'], light['link'], light['accent-edge'], light['on-accent']]).toEqual([
    '#3451b2',
    '#3451b2',
    '#3451b2',
    '#ffffff',
  ])
})
