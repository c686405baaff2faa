/**
 * A client assertion taken apart (RFC 7521 section 4.2, RFC 7523 section 3). Nothing here is trusted yet.
 *
 * The types of other protocols are refused, so that no access token, DPoP proof or introspection response of somebody
 * can be presented here. A missing type is accepted: RFC 10070 has clients send one and servers not insist.
 */
import {
  decodeBase64url,
  decodeUnverified,
  parseClaims,
  parseCompact,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from '@mintmark/jwt'
import { accepted, type JsonObject, member, type Parsed, refused } from '@mintmark/protocol'

/** What an assertion may be protected with: a signature, or a MAC by the client secret. */
export type AssertionAlgorithm = SignatureAlgorithm | 'HS256'

/** All of them, as the metadata lists them. */
export const assertionAlgorithms: readonly AssertionAlgorithm[] = [...signatureAlgorithms, 'HS256']

/** An assertion, its signature not yet verified. */
export interface Assertion {
  readonly alg: AssertionAlgorithm
  readonly typ: string | undefined
  readonly kid: string | undefined
  /** Header and payload as they were signed. */
  readonly signingInput: string
  readonly signature: Uint8Array
  readonly claims: JsonObject
}

/** Why a text is no assertion that could be verified. */
export type AssertionViolation =
  | 'assertion_malformed'
  | 'assertion_algorithm_not_allowed'
  | 'assertion_type_wrong'

/** The two kinds of assertion (RFC 7523 section 2.2, SPIFFE client authentication). */
export const assertionTypes = {
  jwt: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  spiffe: 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe',
} as const

/** The `typ` values of a client's own assertion, and of a JWT-SVID. A missing one fits everywhere. */
export const mediaTypes = {
  jwt: new Set(['jwt', 'client-authentication+jwt']),
  spiffe: new Set(['jwt', 'jose']),
} as const

/**
 * Takes an assertion apart.
 *
 * Refuses more than 8 KiB, what is not a compact JWS in its one spelling, a claims set that is not strict JSON, a
 * critical header, an algorithm outside the table of `@mintmark/jwt` other than HS256, and a `typ` other than `types`.
 */
export function readAssertion(
  text: string,
  types: ReadonlySet<string>,
): Parsed<Assertion, AssertionViolation> {
  const jws = parseCompact(text)
  if (!jws.ok) {
    const isOtherAlgorithm = jws.violation === 'algorithm_not_supported'
    return isOtherAlgorithm ? readMacAssertion(text, types) : refused('assertion_malformed')
  }
  const { header, signingInput, signature, payload } = jws.value
  if (!isOneOf(types, header.typ)) return refused('assertion_type_wrong')
  const claims = parseClaims(payload)
  if (!claims.ok) return refused('assertion_malformed')
  const { alg, typ, kid } = header
  return accepted({ alg, typ, kid, signingInput, signature, claims: claims.value })
}

/** The same for HS256, which the table does not have: no token can be verified with a secret. */
function readMacAssertion(
  text: string,
  types: ReadonlySet<string>,
): Parsed<Assertion, AssertionViolation> {
  const token = decodeUnverified(text)
  if (!token.ok) return refused('assertion_malformed')
  const { header, claims } = token.value
  const [alg, typ, kid] = ['alg', 'typ', 'kid'].map((name) => member(header, name))
  if (alg !== 'HS256') return refused('assertion_algorithm_not_allowed')
  if (member(header, 'crit') !== undefined) return refused('assertion_malformed')
  if (!isOptionalText(typ) || !isOptionalText(kid)) return refused('assertion_malformed')
  if (!isOneOf(types, typ)) return refused('assertion_type_wrong')
  const end = text.lastIndexOf('.')
  const signature = decodeBase64url(text.slice(end + 1)) ?? new Uint8Array(0)
  return accepted({ alg, typ, kid, signingInput: text.slice(0, end), signature, claims })
}

/** `typ` is a media type, whose `application/` may be left out, in any case (RFC 7515 section 4.1.9). */
function isOneOf(types: ReadonlySet<string>, typ: string | undefined): boolean {
  if (typ === undefined) return true
  const lower = typ.toLowerCase()
  return types.has(lower.startsWith('application/') ? lower.slice('application/'.length) : lower)
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}
