/**
 * A stand-in for Traefik 3.7.13, driven by the files of `deploy/traefik`. By Traefik's documentation: entry points
 * (also "Headers with Aliasing Names" and "Request Path"), routers (the longest rule wins), and the middlewares
 * `headers` and `forwardAuth`. An option that is not known here is an error, as it is for Traefik.
 */
import assert from 'node:assert/strict'
import { parse } from 'yaml'
import { changed, type ShippedProxy, shippedFiles } from './shipped-proxy.ts'
import { type Field, having, hopByHop, valuesIn, without } from './stand-in/field-list.ts'
import {
  type AskGuard,
  type Decision,
  type LocalAnswer,
  startStandIn,
} from './stand-in/stand-in-proxy.ts'
import { type EnteredRequest, type EntryPoint, entered } from './stand-in/traefik-entry-point.ts'

interface ForwardAuth {
  readonly address: string
  readonly authResponseHeaders: readonly string[]
}

interface Middleware {
  readonly headers?: { readonly customRequestHeaders: Readonly<Record<string, string>> }
  readonly forwardAuth?: ForwardAuth
}

interface Router {
  readonly rule: string
  /** Default: the length of the rule. */
  readonly priority?: number
  readonly service: string
  readonly middlewares: readonly string[]
}

/** Both files together. */
interface Configuration {
  readonly entryPoint: EntryPoint
  readonly routers: readonly Router[]
  readonly middlewares: Readonly<Record<string, Middleware>>
}

const files = shippedFiles('traefik', ['traefik.yaml', 'api.yaml'])

export const traefik: ShippedProxy = {
  ...{ name: 'a stand-in for Traefik', mode: 'generic' },
  ...{ lacks: ['announcements', 'outages'], apiOutage: 502 },
  async start(test, { guard, api }, changes = []) {
    const texts = changed(files, changes)
    const configuration = configurationOf(texts['traefik.yaml'] ?? '', texts['api.yaml'] ?? '')
    return await startStandIn(test, guard, {
      ...{ api, apiOutage: 502 },
      decide: (request, ask) => {
        const inside = entered(request, configuration.entryPoint)
        return 'turned' in inside
          ? Promise.resolve({ answer: { status: inside.turned, fields: [], body: '' } })
          : routed(inside, configuration, ask)
      },
    })
  },
}

function configurationOf(fixed: string, dynamic: string): Configuration {
  const { entryPoints } = parse(fixed) as { entryPoints: { web: EntryPoint } }
  const { http } = parse(dynamic)
  const { address: _, forwardedHeaders: __, http: options = {}, ...unknown } = entryPoints.web
  assert.deepEqual(unknown, {})
  const known = ['aliasHeadersStrategy', 'encodedCharacters', 'sanitizePath']
  assert.deepEqual(
    Object.keys(options).filter((name) => !known.includes(name)),
    [],
  )
  return {
    entryPoint: entryPoints.web,
    routers: Object.values(http.routers),
    middlewares: http.middlewares,
  }
}

async function routed(
  request: EnteredRequest,
  { routers, middlewares }: Configuration,
  ask: AskGuard,
): Promise<Decision> {
  const router = routers
    .filter(({ rule }) => isFor(rule, request.path))
    .toSorted((one, other) => priorityOf(other) - priorityOf(one))[0]
  if (router === undefined) return { answer: { status: 404, fields: [], body: '' } }
  let { fields } = request
  for (const name of router.middlewares) {
    const after = await through(middlewares[name] ?? {}, { ...request, fields }, ask)
    if ('status' in after) return { answer: after }
    fields = after.fields
  }
  if (router.service === 'noop@internal') return { answer: { status: 418, fields: [], body: '' } }
  // Appended by the part that passes the request on.
  fields = [...fields, ['X-Forwarded-For', '127.0.0.1']]
  return { target: request.path + request.query, fields, answerFields: [] }
}

function priorityOf({ rule, priority = rule.length }: Router): number {
  return priority
}

function isFor(rule: string, path: string): boolean {
  const [, matcher, value = ''] = /^(PathPrefix|PathRegexp)\(`([^`]+)`\)$/.exec(rule) ?? []
  assert(matcher !== undefined, rule)
  return matcher === 'PathPrefix' ? path.startsWith(value) : new RegExp(value).test(path)
}

async function through(
  { headers, forwardAuth, ...unknown }: Middleware,
  request: EnteredRequest,
  ask: AskGuard,
): Promise<LocalAnswer | { readonly fields: readonly Field[] }> {
  assert.deepEqual(unknown, {})
  if (forwardAuth !== undefined) return await authorized(forwardAuth, request, ask)
  let { fields } = request
  for (const [name, value] of Object.entries(headers?.customRequestHeaders ?? {})) {
    fields = value === '' ? without(fields, name) : having(fields, name, value)
  }
  return { fields }
}

async function authorized(
  { address, authResponseHeaders, ...unknown }: ForwardAuth,
  { method, path, query, fields }: EnteredRequest,
  ask: AskGuard,
): Promise<LocalAnswer | { readonly fields: readonly Field[] }> {
  assert.deepEqual(unknown, {})
  const { pathname, search, host } = new URL(address)
  let asked = without(fields, ...hopByHop.filter((name) => name !== 'proxy-connection'))
  asked = without(asked, 'content-length', 'expect')
  const [client = ''] = valuesIn(fields, 'host')
  for (const [name, value] of [
    ...([
      ['X-Forwarded-Method', method],
      ['X-Forwarded-Uri', path + query],
    ] as const),
    ...([
      ['X-Forwarded-For', '127.0.0.1'],
      ['X-Forwarded-Host', client],
    ] as const),
    ...([
      ['X-Forwarded-Proto', 'http'],
      ['Host', host],
    ] as const),
  ]) {
    asked = having(asked, name, value)
  }
  const answer = await ask({ method: 'GET', target: pathname + search, fields: asked })
  if (answer === undefined) return { status: 500, fields: [], body: '' }
  if (answer.status < 200 || answer.status >= 300) return answer
  let admitted = fields
  for (const name of authResponseHeaders) {
    admitted = without(admitted, name)
    for (const value of valuesIn(answer.fields, name)) admitted = [...admitted, [name, value]]
  }
  return { fields: admitted }
}
