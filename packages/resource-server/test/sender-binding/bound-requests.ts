/** Bound tokens of a test world, and requests that prove possession, right in all but what a test is about. */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { publicJwkOf } from '@mintmark/jwt'
import type { GuardedRequest, GuardOptions, Verdict } from '@mintmark/resource-server'
import { createIdentifierSource } from '@mintmark/runtime'
import { fixtureKeys, partnerCertificate, seededRandom, some, the } from '@mintmark/testkit'
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose'
import { guardWorld, signedToken } from '../guard-world.ts'

export const publicOrigin = 'https://api.example'
export const path = '/orders/7'
export const target = `${publicOrigin}${path}`

/** Options of a guard that takes proofs. */
export const takingProofs: GuardOptions = { publicOrigin }

const nextIdentifier = createIdentifierSource(seededRandom(7))

/** The public half of a fixture key, as proofs carry it. */
export function publicPart(alg: keyof typeof fixtureKeys = 'ES256'): JWK {
  const { kid: _, alg: __, use: ___, ...jwk } = publicJwkOf(fixtureKeys[alg])
  return { ...jwk }
}

export const jkt = await calculateJwkThumbprint(publicPart())

/** The octets of the fixture certificate, and their thumbprint as RFC 8705 has it. */
export const certificate = new Uint8Array(new X509Certificate(partnerCertificate.cert).raw)
export const certificateThumbprint = createHash('sha256').update(certificate).digest('base64url')

/** A token bound to the fixture key ES256, or to what `cnf` says. */
export function boundToken(cnf: object | undefined = { jkt }): string {
  return signedToken({ claims: some.claims({ cnf: cnf as never }) })
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** What a test may want to be different. `undefined` leaves a member out. */
export interface ProofDifference {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly alg?: keyof typeof fixtureKeys
  /** The key that signs, when it is not the one in the header. */
  readonly signer?: JWK
}

/** A proof of jose for `GET` of {@link target} with `token`. */
export async function proofFor(token: string, difference: ProofDifference = {}): Promise<string> {
  const { alg = 'ES256', header, claims, signer } = difference
  const whole = {
    ...{ jti: nextIdentifier(), htm: 'GET', htu: target, iat: the.nowSeconds },
    ...{ ath: hashOf(token), ...claims },
  }
  return new SignJWT(whole)
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: publicPart(alg), ...header })
    .sign(await importJWK(signer ?? (fixtureKeys[alg] as JWK), alg))
}

/** A request with a token under the DPoP scheme. */
export function presenting(
  token: string,
  proof: string | readonly string[] | undefined,
  more: Partial<GuardedRequest> = {},
): GuardedRequest {
  const headers = { authorization: `DPoP ${token}`, ...(proof !== undefined && { dpop: proof }) }
  return { headers, method: 'GET', url: path, ...more }
}

/** The outcome of a request, the same with the token unknown and remembered. */
export async function outcome(
  make: () => Promise<GuardedRequest> | GuardedRequest,
  options: GuardOptions = takingProofs,
): Promise<string> {
  const { guard } = guardWorld(options)
  const first = outcomeOf(await guard.check(await make()))
  const again = outcomeOf(await guard.check(await make()))
  assert.equal(again, first)
  return first
}

/** The code of a refusal, or `admitted`. */
export function outcomeOf(verdict: Verdict): string {
  return verdict.admitted ? 'admitted' : verdict.code
}
