/** All routes that are there, as openapi.json lists them: what a test does to every route, it does to those of tomorrow too. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const API = join(import.meta.dirname, '../../../../docs/openapi.json')
const { paths } = JSON.parse(readFileSync(API, 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: unknown }>>>>
}

/** Each as method, path, and whether it takes a body. */
export const ROUTES = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, { requestBody }]) =>
      [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'), requestBody !== undefined] as const,
  ),
)
