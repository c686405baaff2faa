/** The press of the sender corpus: bound tokens and proofs that are right but for what a case changes. */
import { createHash, X509Certificate } from 'node:crypto'
import { encodeBase64url } from '@mintmark/jwt'
import type { JsonValue } from '@mintmark/protocol'
import {
  type AttackWorkshop,
  attackWorkshop,
  type CorpusFacts,
  compactOf,
} from '../attack-tokens/attack-workshop.ts'
import { type SigningJwk, signatureOf } from '../attack-tokens/corpus-signatures.ts'
import { spareEcKey } from '../attack-tokens/unfit-key-fixtures.ts'
import { otherPartnerCertificate, partnerCertificate } from '../fixture-certificates.ts'
import type { Overrides } from '../some.ts'
import type { SenderRequest } from './sender-case.ts'

/** Whom and what the sender corpus is about. */
export interface SenderFacts extends CorpusFacts {
  /** Scheme, host and port by which clients reach the API. */
  readonly publicOrigin: string
}

/** A proof in the making. */
export interface ProofDraft {
  /** Names the proof: two with one name have one `jti`. Default: one that no other has. */
  readonly name?: string
  /** Of whom. Default: the client's. */
  readonly key?: SigningJwk
  /** Default: ES256. */
  readonly algorithm?: string
  /** Members over `{ typ, alg, jwk }`, `undefined` to leave one out; or the whole JSON text. */
  readonly header?: Overrides | string
  /** Members over `{ jti, htm, htu, iat, ath }`, likewise. */
  readonly claims?: Overrides | string
  /** The access token that it goes with. Default: the one bound to its key. */
  readonly token?: string
  /** Default: the right signature by `key`. */
  readonly sign?: (signingInput: string) => string | Uint8Array
}

/** Makes what the corpus consists of. */
export interface SenderWorkshop extends SenderFacts {
  readonly key: SigningJwk
  readonly path: string
  /** `htu` of the requests. */
  readonly target: string
  /** The access token that is bound to the client's key. */
  readonly token: string
  boundTo(cnf: JsonValue | undefined): string
  proof(draft?: ProofDraft): string
  /** A request of the client with its token, and a proof made by a draft or written out. */
  proving(proof: ProofDraft | string, more?: Partial<SenderRequest>): SenderRequest
}

/** Opens a workshop. */
export function senderWorkshop(facts: SenderFacts): SenderWorkshop {
  const tokens = attackWorkshop(facts)
  const path = '/orders/7'
  const target = facts.publicOrigin + path
  const boundTo = (cnf: JsonValue | undefined) => tokens.token({ claims: { cnf } })
  let made = 0
  const nextName = () => `proof-${made++}`
  const proof = (draft: ProofDraft = {}) =>
    pressed({ name: nextName(), ...draft }, target, tokens, boundTo)
  const proving = (draft: ProofDraft | string, more: Partial<SenderRequest> = {}) => {
    const text = typeof draft === 'string' ? draft : proof(draft)
    const key = typeof draft === 'string' ? spareEcKey : (draft.key ?? spareEcKey)
    const token = typeof draft === 'string' ? undefined : draft.token
    const sent = token ?? boundTo({ jkt: thumbprintOf(key) })
    return { method: 'GET', url: path, headers: dpopFields(sent, text), ...more }
  }
  return {
    ...facts,
    ...{ key: spareEcKey, path, target, boundTo, proof, proving },
    token: boundTo({ jkt: thumbprintOf(spareEcKey) }),
  }
}

/** The fields of a request with a token under the DPoP scheme and a proof. */
export function dpopFields(token: string, ...proofs: readonly string[]): SenderRequest['headers'] {
  return [
    ['authorization', `DPoP ${token}`],
    ...proofs.map((proof): readonly [string, string] => ['dpop', proof]),
  ]
}

/** The public half of a key: what makes it one. */
export function publicHalf({ kty, crv, x, y, n, e }: SigningJwk): Record<string, string> {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }))
}

/** RFC 7638, of a key of any type. */
export function thumbprintOf({ kty, crv, x, y, n, e, k }: SigningJwk): string {
  return sha256(JSON.stringify({ crv, e, k, kty, n, x, y }))
}

/** SHA-256 in base64url. */
export function sha256(octets: string | Uint8Array): string {
  return createHash('sha256').update(octets).digest('base64url')
}

/** The octets (DER) of the client's certificate, and of the other. */
export const ownCertificate = new Uint8Array(new X509Certificate(partnerCertificate.cert).raw)
export const otherCertificate = new Uint8Array(
  new X509Certificate(otherPartnerCertificate.cert).raw,
)

function pressed(
  { name = '', key = spareEcKey, algorithm = 'ES256', header, claims, token, sign }: ProofDraft,
  target: string,
  { nowSeconds }: AttackWorkshop,
  boundTo: (cnf: JsonValue) => string,
): string {
  const head = textOf(header, { typ: 'dpop+jwt', alg: algorithm, jwk: publicHalf(key) })
  const accessToken = token ?? boundTo({ jkt: thumbprintOf(key) })
  const payload = textOf(claims, {
    ...{ jti: sha256(name), htm: 'GET', htu: target, iat: nowSeconds },
    ath: sha256(accessToken),
  })
  const input = compactOf(head, payload, '').slice(0, -1)
  const signature = sign?.(input) ?? signatureOf(algorithm, key, input)
  return `${input}.${typeof signature === 'string' ? signature : encodeBase64url(signature)}`
}

function textOf(part: Overrides | string | undefined, members: Overrides): string {
  return typeof part === 'string' ? part : JSON.stringify({ ...members, ...part })
}
