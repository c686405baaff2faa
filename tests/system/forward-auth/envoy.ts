/**
 * A stand-in for Envoy, driven by `deploy/envoy/envoy.yaml`. By the documentation of its API (v3): HTTP connection
 * manager (header sanitizing, path normalization, local replies), routes, `HttpFilter.disabled` with `FilterConfig`,
 * and the HTTP service of `ExtAuthz`.
 */
import { changed, type ShippedProxy, shippedFiles } from './shipped-proxy.ts'
import {
  type EnvoyConfiguration,
  type ExtAuthz,
  envoyConfiguration,
  type Route,
  type StringMatcher,
} from './stand-in/envoy-configuration.ts'
import {
  connectionNames,
  type Field,
  having,
  hopByHop,
  valuesIn,
  without,
} from './stand-in/field-list.ts'
import {
  type AskGuard,
  type ClientRequest,
  type Decision,
  type LocalAnswer,
  startStandIn,
} from './stand-in/stand-in-proxy.ts'
import { originForm, resolved, unescaped } from './stand-in/written-path.ts'

const file = 'envoy.yaml'
const files = shippedFiles('envoy', [file])

export const envoy: ShippedProxy = {
  ...{ name: 'a stand-in for Envoy', mode: 'generic', lacks: [], apiOutage: 503 },
  async start(test, { guard, api }, changes = []) {
    const configuration = envoyConfiguration(changed(files, changes)[file] ?? '')
    return await startStandIn(test, guard, {
      ...{ api, apiOutage: 503 },
      decide: async (request, ask) => {
        const inside = entered(request, configuration)
        return inside === undefined ? refusal(400) : await routed(inside, configuration, ask)
      },
    })
  },
}

function refusal(status: number): Decision {
  return { answer: { status, fields: [], body: '' } }
}

interface EnteredRequest extends ClientRequest {
  readonly path: string
}

/** What the connection manager does first; `undefined` for what it answers with 400. */
function entered(
  { method, target, fields }: ClientRequest,
  configuration: EnvoyConfiguration,
): EnteredRequest | undefined {
  if (configuration.refusesUnderscores && fields.some(([name]) => name.includes('_')))
    return undefined
  const written = originForm(target)
  if (written === undefined || /#/.test(target)) return undefined
  if (configuration.refusesEscapedSlashes && /%2f|%5c/i.test(written.path)) return undefined
  const normal = configuration.normalizesPath
    ? new URL(`http://a${unescaped(written.path)}`).pathname
    : written.path
  const path = configuration.mergesSlashes ? resolved(normal) : normal
  const own = without(fields, ...connectionNames(fields), ...hopByHop, 'http2-settings')
  const kept = own.filter(
    ([name]) => !configuration.removedOnEntry.some((each) => matches(each, name.toLowerCase())),
  )
  const addresses = [...valuesIn(kept, 'x-forwarded-for'), '127.0.0.1'].join(',')
  const host = written.host ?? valuesIn(kept, 'host')[0] ?? ''
  return {
    ...{ method, path, target: path + written.query },
    fields: having(having(kept, 'host', host), 'x-forwarded-for', addresses),
  }
}

/** Whether a name or a path is meant; names are in lower case when they are matched. */
function matches(matcher: StringMatcher, text: string): boolean {
  const { exact, prefix, safe_regex: pattern, ignore_case: isLoose = false } = matcher
  const [wanted, written] = [exact ?? prefix ?? '', text].map((each) =>
    isLoose ? each.toLowerCase() : each,
  ) as [string, string]
  if (pattern !== undefined) return new RegExp(`^(?:${pattern.regex})$`).test(written)
  return exact === undefined ? written.startsWith(wanted) : written === wanted
}

async function routed(
  request: EnteredRequest,
  configuration: EnvoyConfiguration,
  ask: AskGuard,
): Promise<Decision> {
  const { routes, removedByRoutes } = configuration
  const route = routes.find(({ match }) => matches(match, request.path))
  if (route === undefined) return refusal(404)
  let { fields } = request
  const answerFields: Field[] = []
  for (const filter of filtersOf(route, configuration)) {
    const answer = await ask(question(filter, { ...request, fields }))
    if (answer === undefined || answer.status >= 500) {
      if (filter.failure_mode_allow) continue
      return { answer: replied({ status: 503, fields: [], body: '' }, configuration) }
    }
    const response = filter.http_service.authorization_response
    if (answer.status !== 200) {
      const { patterns } = response.allowed_client_headers
      const told = [...patterns, { exact: 'www-authenticate' }, { exact: 'location' }]
      return { answer: replied({ ...answer, fields: picked(answer.fields, told) }, configuration) }
    }
    for (const [name, value] of picked(answer.fields, response.allowed_upstream_headers.patterns)) {
      fields = having(fields, name, value)
    }
    answerFields.push(...picked(answer.fields, response.allowed_client_headers_on_success.patterns))
  }
  if (route.direct_response !== undefined) return refusal(route.direct_response.status)
  return { target: request.target, fields: without(fields, ...removedByRoutes), answerFields }
}

/** A filter is asked when the listener says so, unless the route says otherwise of it. */
function filtersOf(route: Route, { asking }: EnvoyConfiguration): readonly ExtAuthz[] {
  return asking
    .filter(({ name, disabled = false }) => {
      const own = route.typed_per_filter_config?.[name]
      return own === undefined ? !disabled : own.disabled !== true
    })
    .map(({ typed_config: filter }) => filter)
}

/** The fields that are always sent, and those that are allowed; several values of one as a list. */
function question(
  { allowed_headers: allowed, http_service: service }: ExtAuthz,
  { method, target, fields }: ClientRequest,
): ClientRequest {
  const always = [{ exact: 'host' }, { exact: 'authorization' }]
  const sent = picked(fields, [...always, ...allowed.patterns])
  const names = [...new Set(sent.map(([name]) => name.toLowerCase()))]
  const joined = names.map((name): Field => [name, valuesIn(sent, name).join(',')])
  return {
    method,
    target: service.path_prefix + target,
    fields: having(joined, 'content-length', '0'),
  }
}

function picked(fields: readonly Field[], patterns: readonly StringMatcher[]): readonly Field[] {
  return fields.filter(([name]) => patterns.some((each) => matches(each, name.toLowerCase())))
}

/** An answer of Envoy's own, all of which come from a filter that asks here. */
function replied(answer: LocalAnswer, { localReplies }: EnvoyConfiguration): LocalAnswer {
  const reply = localReplies.find(({ status }) => status === answer.status)
  return reply === undefined ? answer : { ...answer, body: reply.body, fields: reply.fields }
}
