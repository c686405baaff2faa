/** The options that say where the token endpoint is. */
import { type IssuerIdentifier, type MetadataKind, parseIssuer } from '@mintmark/protocol'
import { confidentialUrl, originSet, textValue } from './option-value.ts'
import type { Preset } from './presets/preset.ts'

/** Exactly one of `issuer` and `tokenEndpoint` is given. */
export interface EndpointOptions {
  /**
   * The issuer identifier. Its metadata names the token endpoint. Either this or `tokenEndpoint`.
   */
  readonly issuer?: string
  /** The URL of the token endpoint, for servers without metadata. */
  readonly tokenEndpoint?: string
  /**
   * Origins besides the issuer's on which its metadata may place the token endpoint. Default: none, but what the preset
   * knows of the service.
   */
  readonly tokenEndpointOrigins?: readonly string[]
}

/** Where token requests go. */
export type ResolvedEndpoint =
  | {
      readonly kind: 'explicit'
      readonly url: string
      /** `undefined` when the options name the endpoint alone. */
      readonly issuer: IssuerIdentifier | undefined
    }
  | {
      readonly kind: 'discovered'
      readonly issuer: IssuerIdentifier
      /** `undefined`: the OAuth document, or else that of OpenID Connect. */
      readonly metadata: MetadataKind | undefined
      /** Whether the metadata may place the token endpoint there, on another origin than the issuer's. */
      readonly allowsTokenEndpoint: (url: URL) => boolean
    }

/** Checks the options. Throws `TypeError` when neither or both are given or one is malformed. */
export function resolveEndpoint(
  { issuer, tokenEndpoint, tokenEndpointOrigins }: EndpointOptions,
  preset: Preset | undefined,
): ResolvedEndpoint {
  if ((issuer === undefined) === (tokenEndpoint === undefined)) {
    throw new TypeError('expected either issuer or tokenEndpoint')
  }
  if (tokenEndpoint !== undefined) {
    if (tokenEndpointOrigins !== undefined) {
      throw new TypeError('tokenEndpointOrigins: expected only together with issuer')
    }
    const url = confidentialUrl('tokenEndpoint', tokenEndpoint)
    return { kind: 'explicit', url, issuer: undefined }
  }
  const parsed = parseIssuer(textValue('issuer', issuer))
  if (!parsed.ok) {
    throw new TypeError('issuer: expected an https URL without query, fragment and user name')
  }
  if (preset?.tokenEndpointPath !== undefined) {
    const url = parsed.value.replace(/\/$/, '') + preset.tokenEndpointPath
    return { kind: 'explicit', url, issuer: parsed.value }
  }
  return discovered(parsed.value, tokenEndpointOrigins ?? [], preset)
}

function discovered(
  issuer: IssuerIdentifier,
  tokenEndpointOrigins: readonly string[],
  preset: Preset | undefined,
): ResolvedEndpoint {
  const origins = originSet('tokenEndpointOrigins', tokenEndpointOrigins)
  const allowsTokenEndpoint = (url: URL): boolean =>
    origins.has(url.origin) || preset?.allowsTokenEndpoint?.(new URL(issuer), url) === true
  return { kind: 'discovered', issuer, metadata: preset?.metadata, allowsTokenEndpoint }
}
