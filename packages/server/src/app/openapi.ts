/** Describes the app in OpenAPI 3.1, from the schemas of its routes. docs/openapi.json is made from this. */
import swagger from '@fastify/swagger'
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { fastify } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import type { Auth } from '../auth/auth.ts'
import type { Settings } from '../settings.ts'
import { registerRooms } from './app.ts'

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>

const BODIES = ['application/x-www-form-urlencoded', 'application/json']
const ANY_REFUSAL = {
  description: 'Any other refusal; its code says which.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

/** Adds to a route what holds for all of them: both types of body, and refusals that any request may meet. */
const describeRoute: Transform = (route) => {
  const { schema, url } = jsonSchemaTransform(route)
  const response = { ...(schema.response as object), default: ANY_REFUSAL }
  const isPage = schema.tags?.includes('pages') === true
  return {
    url,
    schema: {
      ...schema,
      ...(schema.body !== undefined && { consumes: isPage ? BODIES.slice(0, 1) : BODIES }),
      response,
    },
  }
}

/** The document without shapes that it does not use: each named one is there twice, for requests as well. */
function tidy(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const schemas = Object.entries(document.components?.schemas ?? {}).filter(([name]) => !name.endsWith('Input'))
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) } }
}

/** The description of the app of this release over this Auth. Nothing listens, and nothing is asked of Auth. */
export async function describeApi(auth: Auth, settings: Settings, version: string): Promise<object> {
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Bienvenue',
        description: 'A user authentication service.',
        version,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: 'http://127.0.0.1:5000', description: 'Where the service listens unless told otherwise.' }],
      components: { securitySchemes: { session: sessionScheme(settings) } },
    },
    transform: describeRoute,
    transformObject: jsonSchemaTransformObject,
  })
  registerRooms(app, auth, settings)
  await app.ready()
  const document = tidy(app.swagger() as OpenAPIV3_1.Document) // 3.1 is what it was told to write
  await app.close()
  return document
}

/** How a request proves who sends it. */
function sessionScheme({ sessions }: Settings): { type: 'apiKey'; in: 'cookie'; name: string; description: string } {
  const name = sessions.secureCookie ? '__Host-session_id' : 'session_id'
  return { type: 'apiKey', in: 'cookie', name, description: 'The cookie that `POST /sessions` sets.' }
}
