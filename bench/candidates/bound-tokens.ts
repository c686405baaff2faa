/**
 * Ways to judge a request whose token is bound to a key (RFC 9449): 100 tokens in turn, each seen before, and with each
 * request a proof that nobody saw before. Proofs are made in the loop, so each figure contains what making one takes.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { createGuard } from '@mintmark/resource-server'
import { calculateJwkThumbprint, type JWK } from 'jose'
import type { CallLoop, CallLoops, PrepareLoop } from './call-loop.ts'
import { expressMiddleware } from './express-middleware.ts'
import { AUDIENCE, ISSUER, type SignedTokens, signTokens } from './signed-tokens.ts'

const TOKENS = 100
const TOKENS_IN_SMOKE = 10
const ORIGIN = 'https://api.example'
const PATH = '/orders'

/** The loops by name. */
export const loops: CallLoops = new Map<string, PrepareLoop>([
  ['making request and proof', making],
  ['raw crypto.verify of the proof', raw],
  ['guard.check', guardCheck],
  ['express-oauth2-jwt-bearer', expressCheck],
])

/** A request with a bound token and its proof. */
interface BoundRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Bound tokens, and a function that makes a request with the next one. */
interface Bound extends SignedTokens {
  readonly proofKey: KeyObject
  readonly next: () => BoundRequest
}

async function prepare(isSmoke: boolean): Promise<Bound> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  const jwk = { kty, crv, x, y } as JWK
  const cnf = { jkt: await calculateJwkThumbprint(jwk) }
  const signed = await signTokens('ES256', isSmoke ? TOKENS_IN_SMOKE : TOKENS, { cnf })
  const header = encoded({ alg: 'ES256', typ: 'dpop+jwt', jwk })
  const hashes = signed.tokens.map((token) =>
    createHash('sha256').update(token).digest('base64url'),
  )
  let made = 0
  const next = (): BoundRequest => {
    const at = made % signed.tokens.length
    made += 1
    const iat = Math.floor(Date.now() / 1_000)
    const claims = { jti: `proof-${made}`, htm: 'GET', htu: ORIGIN + PATH, iat, ath: hashes[at] }
    const input = `${header}.${encoded(claims)}`
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    const proof = `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
    const authorization = `DPoP ${signed.tokens[at]}`
    return {
      method: 'GET',
      url: PATH,
      headers: { host: 'api.example', authorization, dpop: proof },
    }
  }
  return { ...signed, proofKey: publicKey, next }
}

function encoded(members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url')
}

async function making(isSmoke: boolean): Promise<CallLoop> {
  const { next } = await prepare(isSmoke)
  return loopOf(() => next().headers.dpop !== '')
}

async function raw(isSmoke: boolean): Promise<CallLoop> {
  const { next, proofKey } = await prepare(isSmoke)
  const key = { key: proofKey, dsaEncoding: 'ieee-p1363' } as const
  return loopOf(() => {
    const { dpop = '' } = next().headers
    const end = dpop.lastIndexOf('.')
    const signature = Buffer.from(dpop.slice(end + 1), 'base64url')
    return verify('sha256', Buffer.from(dpop.slice(0, end), 'latin1'), key, signature)
  })
}

async function guardCheck(isSmoke: boolean): Promise<CallLoop> {
  const { next, jwk } = await prepare(isSmoke)
  const guard = createGuard({
    ...{ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/jwks`, publicOrigin: ORIGIN },
    transport: async () => Response.json({ keys: [jwk] }),
  })
  return loopOf(async () => (await guard.check(next())).admitted)
}

/** It remembers no proof. */
async function expressCheck(isSmoke: boolean): Promise<CallLoop> {
  const { next, ...signed } = await prepare(isSmoke)
  const judge = await expressMiddleware(signed, { dpop: { enabled: true, required: true } })
  return loopOf(() => judge(next()))
}

function loopOf(judge: () => boolean | Promise<boolean>): CallLoop {
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if (await judge()) right++
      return right
    },
  }
}
