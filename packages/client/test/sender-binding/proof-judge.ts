/** A server's view of proofs (RFC 9449 section 4.3): each is verified by jose, and none may come twice. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose'

/** What the judge needs of a request. */
export interface ProvenRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
}

/** What a proof says. */
export interface Proven {
  readonly thumbprint: string
  readonly nonce: unknown
  readonly claims: JWTPayload
}

/** Makes a judge that remembers every proof it has seen. Its function rejects with an assertion for a bad one. */
export function proofJudge(nowWallMs: () => number) {
  const identifiers = new Set<unknown>()
  return async ({ method, url, headers }: ProvenRequest): Promise<Proven> => {
    const currentDate = new Date(nowWallMs())
    const checks = { typ: 'dpop+jwt', currentDate, maxTokenAge: '10s' }
    const verified = await jwtVerify(headers.get('dpop') ?? '', EmbeddedJWK, checks)
    const { payload, protectedHeader } = verified
    assert.equal(payload.htm, method)
    assert.equal(payload.htu, url.replace(/[?#].*$/, ''))
    const [scheme, token] = (headers.get('authorization') ?? '').split(' ')
    const isBound = scheme === 'DPoP'
    const ath = createHash('sha256').update(String(token)).digest('base64url')
    assert.equal(payload.ath, isBound ? ath : undefined)
    assert(!identifiers.has(payload.jti), 'a proof came twice')
    identifiers.add(payload.jti)
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk as JWK)
    return { thumbprint, nonce: payload.nonce, claims: payload }
  }
}
