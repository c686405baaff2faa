/**
 * The options that say what a token is for: given to the client as its defaults, and to each view
 * made by `for`.
 */
import { tokenRequestPairs } from '@mintmark/protocol'
import { authorizationDetailsValue } from './authorization-details.ts'
import { originSet, resourceValue, scopeValue, textValue } from './option-value.ts'
import type { TokenRequestOptions } from './token-client.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'

/** What a token is for, and where it may go. */
export interface ResolvedRequest {
  readonly identity: TokenRequestIdentity
  /** `undefined`: see `originPolicy`. */
  readonly allowedOrigins: ReadonlySet<string> | undefined
}

/** The names of these options. */
export const requestOptionNames = [
  'scope',
  'resource',
  'audience',
  'authorizationDetails',
  'extraParameters',
  'allowedOrigins',
] as const satisfies readonly (keyof TokenRequestOptions)[]

/**
 * Checks the options; what is absent is taken from `inherited`.
 *
 * Throws `TypeError` for a malformed value, and `RangeError` naming the parameter for an extra one
 * with a name that the request sets itself. Ignores members other than its own.
 */
export function resolveRequest(
  options: TokenRequestOptions,
  inherited: ResolvedRequest | undefined,
): ResolvedRequest {
  const { scope, resource, audience, authorizationDetails: details } = options
  const { extraParameters, allowedOrigins } = options
  const from = inherited?.identity
  const identity: TokenRequestIdentity = Object.freeze({
    scope: scope === undefined ? from?.scope : scopeValue(scope),
    resources: resource === undefined ? (from?.resources ?? []) : resourceValue(resource),
    audience: audience === undefined ? from?.audience : textValue('audience', audience),
    authorizationDetails:
      details === undefined ? from?.authorizationDetails : authorizationDetailsValue(details),
    extraParameters:
      extraParameters === undefined ? (from?.extraParameters ?? {}) : copied(extraParameters),
  })
  tokenRequestPairs({ extra: identity.extraParameters })
  return {
    identity,
    allowedOrigins:
      allowedOrigins === undefined
        ? inherited?.allowedOrigins
        : originSet('allowedOrigins', allowedOrigins),
  }
}

/** Without a prototype: names come from the caller. */
function copied(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (typeof parameters !== 'object' || parameters === null) {
    throw new TypeError('extraParameters: expected an object of texts')
  }
  const copy: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(parameters)) {
    copy[name] = textValue(`extraParameters.${name}`, value)
  }
  return Object.freeze(copy)
}
