/** Option `resource` of a guard: what the API is called, and what it says about itself (RFC 9728). */
import { parseScope, type ScopeSet } from '@mintmark/protocol'
import { metadataUrlLengthMax, resourceNameLengthMax, scopesSupportedLengthMax } from '../limits.ts'
import { checkNames, confidentialUrl, headerText } from '../option-value.ts'

/** The protected resource, for its metadata and for the challenges that point there. */
export interface ResourceOptions {
  /**
   * The resource identifier: an `https` URL without query and fragment, exactly as clients name it in `resource`
   * (RFC 8707). Usually it is the audience, too.
   */
  readonly identifier: string
  /** The scope tokens that clients may ask for, separated by spaces. Default: none are named. */
  readonly scopesSupported?: string
  /** What people call it, up to 256 characters. */
  readonly name?: string
  /** URL of a page for developers. */
  readonly documentation?: string
  /** URL of a page on what may be done with what the API gives away. */
  readonly policy?: string
  /** URL of the terms of service. */
  readonly termsOfService?: string
  /** URL of the keys that the API itself signs with. Not those of the issuers. */
  readonly jwksUri?: string
}

/** Option `resource`, checked. */
export interface ResolvedResource {
  readonly identifier: string
  readonly scopes: ScopeSet | undefined
  readonly name: string | undefined
  readonly documentation: string | undefined
  readonly policy: string | undefined
  readonly termsOfService: string | undefined
  readonly jwksUri: string | undefined
}

const KNOWN_OPTIONS: Readonly<Record<keyof ResourceOptions, true>> = {
  identifier: true,
  scopesSupported: true,
  name: true,
  documentation: true,
  policy: true,
  termsOfService: true,
  jwksUri: true,
}

/** Checks option `resource`. Throws `TypeError` for an unknown, missing or malformed member. */
export function resolveResource(options: ResourceOptions): ResolvedResource {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('resource: expected { identifier, ... }')
  }
  checkNames(options, KNOWN_OPTIONS, 'resource: ')
  return Object.freeze({
    identifier: identifierValue(options.identifier),
    scopes: scopesValue(options.scopesSupported),
    name: nameValue(options.name),
    documentation: urlValue('documentation', options.documentation),
    policy: urlValue('policy', options.policy),
    termsOfService: urlValue('termsOfService', options.termsOfService),
    jwksUri: urlValue('jwksUri', options.jwksUri),
  })
}

/** Kept as it is written: clients compare it character by character (RFC 9728 section 3.3). */
function identifierValue(value: unknown): string {
  confidentialUrl('resource.identifier', value)
  const identifier = headerText('resource.identifier', value, metadataUrlLengthMax)
  if (/^[^ ?#]+$/.test(identifier)) return identifier
  throw new TypeError('resource.identifier: expected a URL without query, fragment and spaces')
}

function scopesValue(text: string | undefined): ScopeSet | undefined {
  if (text === undefined) return undefined
  const isBounded = typeof text === 'string' && text.length <= scopesSupportedLengthMax
  const parsed = isBounded ? parseScope(text) : undefined
  if (parsed?.ok) return parsed.value
  throw new TypeError('resource.scopesSupported: expected scope tokens separated by single spaces')
}

function nameValue(name: unknown): string | undefined {
  if (name === undefined) return undefined
  if (typeof name === 'string' && name !== '' && name.length <= resourceNameLengthMax) return name
  throw new TypeError(`resource.name: expected 1 to ${resourceNameLengthMax} characters`)
}

function urlValue(member: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  const { href } = confidentialUrl(`resource.${member}`, value)
  return headerText(`resource.${member}`, href, metadataUrlLengthMax)
}
