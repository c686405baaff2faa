/** Ways to verify a token that nobody saw before: 1,000 distinct ones in turn, and nothing is remembered. */
import { verify } from 'node:crypto'
import { createGuard } from '@mintmark/resource-server'
import type { CallLoop, CallLoops, PrepareLoop } from './call-loop.ts'
import { freshRequests } from './fresh-requests.ts'
import { AUDIENCE, type BenchAlgorithm, ISSUER, signTokens } from './signed-tokens.ts'
import { type VerifierName, verifierLoop, verifierNames } from './token-verifiers.ts'

const TOKENS = 1_000
const TOKENS_IN_SMOKE = 20
const rememberingNothing = verifierNames.filter((name) => name !== 'fast-jwt, cached')

/** The loops by algorithm and name. */
export const loops: CallLoops = new Map<string, PrepareLoop>(
  (['ES256', 'RS256'] as const).flatMap((algorithm): [string, PrepareLoop][] => [
    [`${algorithm} raw crypto.verify`, (isSmoke) => raw(algorithm, isSmoke)],
    [`${algorithm} guard.check`, (isSmoke) => guardCheck(algorithm, isSmoke)],
    ...rememberingNothing.map((name): [string, PrepareLoop] => [
      `${algorithm} ${name}`,
      (isSmoke) => peer(name, algorithm, isSmoke),
    ]),
  ]),
)

function tokenCount(isSmoke: boolean): number {
  return isSmoke ? TOKENS_IN_SMOKE : TOKENS
}

/** The signature alone, everything about it decoded before. */
async function raw(algorithm: BenchAlgorithm, isSmoke: boolean): Promise<CallLoop> {
  const { tokens, publicKey } = await signTokens(algorithm, tokenCount(isSmoke))
  const joined = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
  const key = algorithm === 'ES256' ? joined : publicKey
  const decoded = tokens.map((token) => {
    const end = token.lastIndexOf('.')
    const signature = Buffer.from(token.slice(end + 1), 'base64url')
    return { input: Buffer.from(token.slice(0, end), 'latin1'), signature }
  })
  return {
    run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) {
        const { input, signature } = decoded[call % decoded.length] as (typeof decoded)[number]
        if (verify('sha256', input, key, signature)) right++
      }
      return right
    },
  }
}

async function guardCheck(algorithm: BenchAlgorithm, isSmoke: boolean): Promise<CallLoop> {
  const { tokens, jwk } = await signTokens(algorithm, tokenCount(isSmoke))
  const guard = createGuard({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUri: `${ISSUER}/jwks`,
    verdictCacheBytesMax: 0,
    transport: async () => Response.json({ keys: [jwk] }),
  })
  await guard.warm()
  const next = freshRequests(tokens)
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if ((await guard.check(next())).admitted) right++
      return right
    },
  }
}

async function peer(
  name: VerifierName,
  algorithm: BenchAlgorithm,
  isSmoke: boolean,
): Promise<CallLoop> {
  const signed = await signTokens(algorithm, tokenCount(isSmoke))
  return verifierLoop(name, signed, freshRequests(signed.tokens))
}
