/** Those parts of an Envoy configuration that say what becomes of a request, in the words of its API (v3). */
import assert from 'node:assert/strict'
import { parse } from 'yaml'
import type { Field } from './field-list.ts'

/** `type.matcher.v3.StringMatcher`, as far as it is used. */
export interface StringMatcher {
  readonly exact?: string
  readonly prefix?: string
  readonly ignore_case?: boolean
  /** Matches the whole of a text (RE2). */
  readonly safe_regex?: { readonly regex: string }
}

interface Patterns {
  readonly patterns: readonly StringMatcher[]
}

/** `extensions.filters.http.ext_authz.v3.ExtAuthz` with a service that speaks HTTP. */
export interface ExtAuthz {
  readonly failure_mode_allow: boolean
  readonly status_on_error: { readonly code: 'ServiceUnavailable' }
  readonly allowed_headers: Patterns
  readonly http_service: {
    readonly path_prefix: string
    readonly authorization_response: {
      readonly allowed_upstream_headers: Patterns
      readonly allowed_client_headers: Patterns
      readonly allowed_client_headers_on_success: Patterns
    }
  }
}

/** `HttpFilter`. */
export interface HttpFilter {
  readonly name: string
  readonly disabled?: boolean
  readonly typed_config: ExtAuthz
}

/** What a route says of a filter: `ExtAuthzPerRoute`, or `FilterConfig` around it. */
interface PerRoute {
  readonly disabled?: boolean
}

/** `config.route.v3.Route`, as far as it is used. */
export interface Route {
  readonly match: Pick<StringMatcher, 'prefix' | 'safe_regex'>
  readonly direct_response?: { readonly status: number }
  readonly typed_per_filter_config?: Readonly<Record<string, PerRoute>>
}

/** What answers of Envoy's own get beside what a filter says. */
export interface LocalReply {
  readonly status: number
  readonly body: string
  readonly fields: readonly Field[]
}

/** All of it. */
export interface EnvoyConfiguration {
  readonly normalizesPath: boolean
  readonly mergesSlashes: boolean
  readonly refusesEscapedSlashes: boolean
  readonly refusesUnderscores: boolean
  readonly removedOnEntry: readonly StringMatcher[]
  readonly routes: readonly Route[]
  readonly removedByRoutes: readonly string[]
  /** Those that ask a guard, in their order. */
  readonly asking: readonly HttpFilter[]
  readonly localReplies: readonly LocalReply[]
}

/** Reads a configuration with one listener. */
export function envoyConfiguration(text: string): EnvoyConfiguration {
  const { static_resources: resources } = parse(text, { merge: true })
  const connections = resources.listeners[0].filter_chains[0].filters[0].typed_config
  assert.equal(connections.use_remote_address, true)
  const mutations = connections.early_header_mutation_extensions.flatMap(
    (each: { typed_config: { mutations: readonly unknown[] } }) => each.typed_config.mutations,
  )
  return {
    normalizesPath: connections.normalize_path === true,
    mergesSlashes: connections.merge_slashes === true,
    refusesEscapedSlashes: connections.path_with_escaped_slashes_action === 'REJECT_REQUEST',
    refusesUnderscores:
      connections.common_http_protocol_options?.headers_with_underscores_action ===
      'REJECT_REQUEST',
    removedOnEntry: mutations.map(
      (each: { remove_on_match: { key_matcher: StringMatcher } }) =>
        each.remove_on_match.key_matcher,
    ),
    routes: connections.route_config.virtual_hosts[0].routes,
    removedByRoutes: connections.route_config.request_headers_to_remove,
    asking: connections.http_filters.filter(({ name }: HttpFilter) => name.startsWith('guard.')),
    localReplies: (connections.local_reply_config?.mappers ?? []).map(localReply),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: its shape is asserted
type Mapper = any

function localReply(mapper: Mapper): LocalReply {
  const { filter, body_format_override: format, headers_to_add: added } = mapper
  const [flags, status] = filter.and_filter.filters
  assert.deepEqual(flags, { response_flag_filter: { flags: ['UAEX'] } })
  const { op, value } = status.status_code_filter.comparison
  assert.equal(op, 'EQ')
  return {
    status: value.default_value,
    body: format.text_format_source.inline_string,
    fields: [
      ['content-type', format.content_type],
      ...added.map(({ header }: { header: { key: string; value: string } }) => {
        return [header.key, header.value] as const
      }),
    ],
  }
}
