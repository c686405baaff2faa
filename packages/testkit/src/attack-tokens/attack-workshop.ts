/** What the corpus is made for, and the press that tokens are made with: right but for what a case changes. */
import {
  encodeBase64url,
  encodeBase64urlText,
  type PrivateJwk,
  type SignatureAlgorithm,
} from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import { attackerKeys, fixtureKeys } from '../fixture-keys.ts'
import type { Overrides } from '../some.ts'
import { type SigningJwk, signatureOf } from './corpus-signatures.ts'

/** Whom the tokens of a corpus are about. */
export interface CorpusFacts {
  readonly issuer: string
  readonly audience: string
  readonly clientId: string
  readonly scope: string
  /** The wall time for which the corpus is made, in whole seconds since 1970. */
  readonly nowSeconds: number
  /** The algorithm of every token whose algorithm does not matter. */
  readonly algorithm: SignatureAlgorithm
}

/** A token in the making. */
export interface AttackDraft {
  /** Default: the corpus's. */
  readonly algorithm?: SignatureAlgorithm
  /** Default: the fixture key of the algorithm. */
  readonly key?: SigningJwk
  /** Members over `{ alg, typ: 'at+jwt', kid }`, `undefined` to leave one out; or the whole JSON text; or octets. */
  readonly header?: Overrides | string | Uint8Array
  /** Members over good claims, likewise; or the whole JSON text; or octets. */
  readonly claims?: Overrides | string | Uint8Array
  /** Default: the right signature of the algorithm by the key. */
  readonly sign?: (signingInput: string) => Uint8Array
}

/** Makes the tokens of a corpus. */
export interface AttackWorkshop extends CorpusFacts {
  /** The issuer's key of the corpus's algorithm. */
  readonly key: PrivateJwk
  /** A key of the same kind that the issuer never published. */
  readonly attackerKey: PrivateJwk
  /** A token with nothing wrong. */
  readonly good: string
  claims(overrides?: Overrides): JsonObject
  claimsText(overrides?: Overrides): string
  headerText(overrides?: Overrides): string
  token(draft?: AttackDraft): string
}

/** Opens a workshop. */
export function attackWorkshop(facts: CorpusFacts): AttackWorkshop {
  const { algorithm } = facts
  const claims = (overrides: Overrides = {}) => goodClaims(facts, overrides)
  const headerText = (overrides: Overrides = {}) =>
    JSON.stringify({ alg: algorithm, typ: 'at+jwt', kid: fixtureKeys[algorithm].kid, ...overrides })
  const token = (draft: AttackDraft = {}) => pressed(facts, draft)
  return {
    ...facts,
    key: fixtureKeys[algorithm],
    attackerKey: attackerKeys[algorithm],
    good: token(),
    claims,
    claimsText: (overrides) => JSON.stringify(claims(overrides)),
    headerText,
    token,
  }
}

/** A compact token of any three things. */
export function compactOf(
  header: string | Uint8Array,
  payload: string | Uint8Array,
  signature: string | Uint8Array,
): string {
  return [header, payload, signature].map(segmentOf).join('.')
}

/** A token's three segments. */
export function segmentsOf(token: string): readonly [string, string, string] {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return [header, payload, signature]
}

function goodClaims(facts: CorpusFacts, overrides: Overrides): JsonObject {
  const { issuer, audience, clientId, scope, nowSeconds } = facts
  const claims = {
    iss: issuer,
    sub: clientId,
    aud: audience,
    exp: nowSeconds + 3_600,
    iat: nowSeconds,
    jti: 'r0Yb5mVt9KzQ2xWc8NfHgA',
    client_id: clientId,
    scope,
    ...overrides,
  }
  return JSON.parse(JSON.stringify(claims))
}

function pressed(facts: CorpusFacts, draft: AttackDraft): string {
  const algorithm = draft.algorithm ?? facts.algorithm
  const key = draft.key ?? fixtureKeys[algorithm]
  const { kid = fixtureKeys[algorithm].kid } = key as { kid?: string }
  const header = textOr(draft.header, (members) =>
    JSON.stringify({ alg: algorithm, typ: 'at+jwt', kid, ...members }),
  )
  const payload = textOr(draft.claims, (members) => JSON.stringify(goodClaims(facts, members)))
  const input = `${segmentOf(header)}.${segmentOf(payload)}`
  const sign = draft.sign ?? ((text: string) => signatureOf(algorithm, key, text))
  return `${input}.${encodeBase64url(sign(input))}`
}

function textOr(
  part: Overrides | string | Uint8Array | undefined,
  build: (members: Overrides) => string,
): string | Uint8Array {
  if (part === undefined) return build({})
  return typeof part === 'string' || part instanceof Uint8Array ? part : build(part)
}

function segmentOf(part: string | Uint8Array): string {
  return typeof part === 'string' ? encodeBase64urlText(part) : encodeBase64url(part)
}
