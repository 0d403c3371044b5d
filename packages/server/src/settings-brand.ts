/** The settings of how pages look: the name, the logo, the colour and the corners of whoever runs the service. */
import { z } from 'zod'
import { both, setting, text, wholeNumber } from './setting.ts'
import type { Room } from './setting.ts'

/** What pages look like. */
export const brand = {
  name: setting(
    z
      .string()
      .min(1)
      .max(60)
      .regex(/^[^\p{C}]*\S[^\p{C}]*$/u)
      .describe('one line of 1 to 60 characters that can be seen'),
    'The name of the service, as pages and letters show it. Where it is left as it is, letters name the host instead.',
    both('Bienvenue'),
  ),
  logoFile: setting(
    text.nullable(),
    'A picture of the logo: SVG, PNG or WebP, 100 kB at the most. The service reads it at its start and serves it itself; pages show it 32 pixels high beside the name.',
    both(null),
  ),
  color: setting(
    z
      .string()
      .regex(/^#[0-9a-f]{6}$/i)
      .describe('a colour as # and six hexadecimal digits, such as #3451b2'),
    'The colour of buttons and links, such as #3451b2. Where it would be hard to read, links and text get a darker or lighter shade of it.',
    both('#3451b2'),
  ),
  cornerPixels: setting(wholeNumber(0, 24), 'How round the corners of buttons and fields are.', both(10), {
    unit: 'pixels',
  }),
} as const satisfies Room
