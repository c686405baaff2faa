/**
 * Token requests of the client credentials grant (RFC 6749 section 4.4.2, RFC 8707 section 2, RFC 9396 section 2), both
 * directions.
 */
import { type BodyCredentials, readBodyCredentials } from './body-credentials.ts'
import type { FormPair } from './form.ts'
import { resourceLengthMax } from './limits.ts'
import type { Parameters } from './parameters.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { parseScope, type ScopeSet } from './scope.ts'
import { isUriText } from './uri-text.ts'

/** What a client asks for, as received. Nothing in it has been checked against a registry. */
export interface TokenRequest extends BodyCredentials {
  /** As sent: whether it is a grant we offer is the caller's to say. */
  readonly grantType: string
  /** `undefined` when no scope was asked for. */
  readonly scope: ScopeSet | undefined
  /** Resource indicators in the order sent, possibly none. */
  readonly resources: readonly string[]
  readonly audience: string | undefined
  /** As sent: see `parseAuthorizationDetails`. */
  readonly authorizationDetails: string | undefined
}

/** Why parameters are not a token request. */
export type TokenRequestViolation = 'grant_type_missing' | 'malformed_scope' | 'malformed_resource'

/**
 * Reads a token request from its parameters.
 *
 * Refuses a missing grant type, a scope outside its grammar or bounds, and a resource that is not
 * an absolute URI without fragment. Never throws. Does not authenticate the client and does not
 * look at client assertions.
 */
export function parseTokenRequest(
  parameters: Parameters,
): Parsed<TokenRequest, TokenRequestViolation> {
  const grantType = parameters.one('grant_type')
  if (grantType === undefined) return refused('grant_type_missing')
  const scopeText = parameters.one('scope')
  const scope = scopeText === undefined ? accepted(undefined) : parseScope(scopeText)
  if (!scope.ok) return refused('malformed_scope')
  const resources = parameters.all('resource')
  if (!resources.every(isResourceIndicator)) return refused('malformed_resource')
  return accepted({
    grantType,
    scope: scope.value,
    resources,
    audience: parameters.one('audience'),
    authorizationDetails: parameters.one('authorization_details'),
    ...readBodyCredentials(parameters),
  })
}

/** What a client asks for, as it is going to be sent. */
export interface TokenRequestDraft {
  /** Left out of the request when `undefined` or empty. */
  readonly scope?: ScopeSet | undefined
  /** Absolute URIs without fragment; not checked here. */
  readonly resources?: readonly string[] | undefined
  readonly audience?: string | undefined
  /** The JSON text of an array of objects (RFC 9396 section 2); not checked here. */
  readonly authorizationDetails?: string | undefined
  /** Parameters of an extension, by name. */
  readonly extra?: Readonly<Record<string, string>> | undefined
}

/**
 * The pairs of a client credentials token request, `grant_type` first. Client authentication is
 * added by whoever authenticates.
 *
 * Throws a `RangeError` naming the parameter when `extra` has one that this request or client
 * authentication sets.
 */
export function tokenRequestPairs(draft: TokenRequestDraft): FormPair[] {
  const pairs: FormPair[] = [['grant_type', 'client_credentials']]
  if (draft.scope !== undefined && draft.scope.size > 0) pairs.push(['scope', draft.scope.text])
  for (const resource of draft.resources ?? []) pairs.push(['resource', resource])
  if (draft.audience !== undefined) pairs.push(['audience', draft.audience])
  const { authorizationDetails } = draft
  if (authorizationDetails !== undefined)
    pairs.push(['authorization_details', authorizationDetails])
  for (const [name, value] of Object.entries(draft.extra ?? {})) {
    if (RESERVED.has(name)) throw new RangeError(`an extra parameter cannot be called ${name}`)
    pairs.push([name, value])
  }
  return pairs
}

/**
 * Tells whether `text` is a resource indicator: an absolute URI without fragment (RFC 8707 section
 * 2), of any scheme and of at most 2,048 characters.
 */
export function isResourceIndicator(text: string): boolean {
  if (text.length > resourceLengthMax || text.includes('#')) return false
  return ABSOLUTE_URI.test(text) && isUriText(text)
}

const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+\-.]*:./

const RESERVED: ReadonlySet<string> = new Set([
  'grant_type',
  'scope',
  'resource',
  'audience',
  'authorization_details',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
])
