/** How openapi.json tells of a page. */
import { z } from 'zod'

/** An answer that is a page for people. */
export function page(description: string): {
  description: string
  content: { 'text/html': { schema: z.ZodString } }
} {
  return { description, content: { 'text/html': { schema: z.string() } } }
}
