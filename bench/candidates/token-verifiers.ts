/**
 * Other libraries that judge access tokens, each set up to ask for what the guard asks for as far as it can: algorithm,
 * signature, issuer, audience, expiry, and the type where there is an option for it.
 */
import { JwtVerifier } from 'aws-jwt-verify'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { CallLoop } from './call-loop.ts'
import { expressMiddleware } from './express-middleware.ts'
import type { FreshRequest } from './fresh-requests.ts'
import { AUDIENCE, ISSUER, type SignedTokens } from './signed-tokens.ts'

/** Judges one request's token. Throws or rejects for one that it does not admit. */
export type JudgeRequest = (request: FreshRequest) => boolean | Promise<boolean>

const tokenVerifiers = {
  jose: joseVerifier,
  'fast-jwt': (signed: SignedTokens) => fastJwtVerifier(signed, false),
  'fast-jwt, cached': (signed: SignedTokens) => fastJwtVerifier(signed, signed.tokens.length * 2),
  'aws-jwt-verify': awsVerifier,
  'express-oauth2-jwt-bearer': (signed: SignedTokens) => expressMiddleware(signed),
} as const satisfies Record<string, (signed: SignedTokens) => JudgeRequest | Promise<JudgeRequest>>

/** One of {@link tokenVerifiers}. */
export type VerifierName = keyof typeof tokenVerifiers

/** All of them. */
export const verifierNames = Object.keys(tokenVerifiers) as readonly VerifierName[]

function tokenOf({ headers }: FreshRequest): string {
  return headers.authorization?.slice('Bearer '.length) ?? ''
}

function joseVerifier({ jwk, algorithm }: SignedTokens): JudgeRequest {
  const keys = createLocalJWKSet({ keys: [jwk] })
  const rules = { issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', algorithms: [algorithm] }
  return async (request) => {
    const { payload } = await jwtVerify(tokenOf(request), keys, rules)
    return payload.iss === ISSUER
  }
}

/** @param cache - How many verdicts it remembers. */
function fastJwtVerifier(
  { publicKey, algorithm }: SignedTokens,
  cache: number | false,
): JudgeRequest {
  const key = publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const verify = createVerifier({
    ...{ key, cache, algorithms: [algorithm], allowedIss: ISSUER, allowedAud: AUDIENCE },
    checkTyp: 'at+jwt',
  })
  return (request) => (verify(tokenOf(request)) as { iss: string }).iss === ISSUER
}

/** The synchronous way, which is its fastest; its keys are there before. */
function awsVerifier({ jwk }: SignedTokens): JudgeRequest {
  const jwksUri = `${ISSUER}/jwks.json`
  const verifier = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri })
  verifier.cacheJwks({ keys: [{ ...jwk, kid: 'bench', kty: jwk.kty as string, use: 'sig' }] })
  return (request) => verifier.verifySync(tokenOf(request)).iss === ISSUER
}

/** Distinct requests that are judged at the same time where judging takes more than one turn of the event loop. */
const IN_FLIGHT = 64

/** A loop of calls to one library. */
export async function verifierLoop(
  name: VerifierName,
  signed: SignedTokens,
  next: () => FreshRequest,
): Promise<CallLoop> {
  const judge = await tokenVerifiers[name](signed)
  for (const _ of signed.tokens) await judge(next())
  return {
    async run(calls) {
      let right = 0
      for (let made = 0; made < calls; made += IN_FLIGHT) {
        const count = Math.min(IN_FLIGHT, calls - made)
        const judged: (boolean | Promise<boolean>)[] = []
        for (let at = 0; at < count; at++) judged.push(judge(next()))
        for (const verdict of judged) if (await verdict) right++
      }
      return right
    },
  }
}
