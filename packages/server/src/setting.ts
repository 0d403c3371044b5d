/** What a setting is: everything that is known of one, in one place. */
import { z } from 'zod'
import { parseAddress } from './addresses.ts'

/** The two sets of values that a service starts from: the contract to the letter, or what a deployment uses. */
export const PRESETS = ['classic', 'hardened'] as const
/** The name of a preset. */
export type Preset = (typeof PRESETS)[number]

/** One setting, with all that is known of it. */
export interface Setting<T = unknown> {
  readonly schema: z.ZodType<T>
  /** What it does, as a sentence for operators. */
  readonly meaning: string
  readonly classic: T
  readonly hardened: T
  /** The environment name, where it is not made from the room and the name. */
  readonly env?: string
  /** What it counts, where it is a number. */
  readonly unit?: string
  /** True for what must never be printed, logged or given as a flag. */
  readonly secret?: boolean
  /** True where hardened refuses a weaker value than its own. */
  readonly floor?: boolean
  /** In which direction a value is weaker, where hardened takes it all the same: fewer, no, or an earlier choice is `less`. */
  readonly weaker?: 'less' | 'more' | 'more or 0'
}

/** The settings of one room, by name. */
export type Room = Readonly<Record<string, Setting>>

/** Declares a setting; the rest is environment name, unit, whether it is a secret or a floor, and which values are weaker. */
export function setting<T>(
  schema: z.ZodType<T>,
  meaning: string,
  values: { readonly classic: NoInfer<T>; readonly hardened: NoInfer<T> },
  rest: Pick<Setting, 'env' | 'unit' | 'secret' | 'floor' | 'weaker'> = {},
): Setting<T> {
  return { schema, meaning, ...values, ...rest }
}

/** The same value in both presets. */
export function both<T>(value: T): { readonly classic: T; readonly hardened: T } {
  return { classic: value, hardened: value }
}

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number): z.ZodType<number> {
  return z.int().min(least).max(most)
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/i

/** Whether text is what a Host header may bear before its port: a name in A-labels, or an address, one of IPv6 in brackets or without. */
function isHostName(text: string): boolean {
  const isAddress = parseAddress(text.replace(/^\[(?<inner>.*:.*)\]$/, '$<inner>')) !== null
  return isAddress || (HOST_NAME.test(text) && !/(?:^|\.)\d+\.?$/.test(text))
}

/** Text that is not empty. */
export const text = z.string().min(1).max(4096)
/** Several texts. */
export const list = z.array(text).readonly()
/** Names and addresses of hosts. */
export const hostNames = z
  .array(z.string().refine(isHostName))
  .readonly()
  .describe(
    'a list, comma-separated, of bare host names or addresses such as id.example.com or 10.0.0.7: no scheme, port, path or *, and other letters as xn--…',
  )
/** An address on the web. */
export const webAddress = z.url({ protocol: /^https?$/, error: 'must be an address such as https://id.example.com' })
