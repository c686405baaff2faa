/** Ways to judge the token of a request when it was judged before: 10,000 tokens in turn, each string fresh. */
import { createGuard, type Guard } from '@mintmark/resource-server'
import type { CallLoop, CallLoops, PrepareLoop } from './call-loop.ts'
import { type FreshRequest, freshRequests } from './fresh-requests.ts'
import { guardOfOpaqueTokens, guardWithFeed } from './seen-tokens-of-issuer.ts'
import { AUDIENCE, ISSUER, type SignedTokens, signTokens } from './signed-tokens.ts'
import { type VerifierName, verifierLoop, verifierNames } from './token-verifiers.ts'

const TOKENS = 10_000
const TOKENS_IN_SMOKE = 50
const INDEX_CHARACTERS = 24
/** Room for all of them: the guard's default holds somewhat fewer. */
const CACHE_BYTES_MAX = 64 * 1_024 * 1_024

/** The loops by name. */
export const loops: CallLoops = new Map<string, PrepareLoop>([
  ['making the request', making],
  ['by hand: map by the signature', byHand],
  ['guard.check', guardCheck],
  ['guard.check with a scope', guardCheckScope],
  ['guard.check with a revocation feed', guardCheckFeed],
  ['guard.check of an opaque token', guardCheckOpaque],
  ...verifierNames.map((name): [string, PrepareLoop] => [name, (isSmoke) => peer(name, isSmoke)]),
])

async function making(isSmoke: boolean): Promise<CallLoop> {
  const next = freshRequests((await signTokens('ES256', tokenCount(isSmoke))).tokens)
  return {
    run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if (next().rawHeaders.length === 6) right++
      return right
    },
  }
}

/** Whatever else it does, each judges every token once before it is timed. */
async function peer(name: VerifierName, isSmoke: boolean): Promise<CallLoop> {
  const signed = await signTokens('ES256', tokenCount(isSmoke))
  return verifierLoop(name, signed, freshRequests(signed.tokens))
}

/** The least that is right: a short key out of the signature, a whole comparison, the expiry. */
async function byHand(isSmoke: boolean): Promise<CallLoop> {
  const { tokens } = await signTokens('ES256', tokenCount(isSmoke))
  const expiresAtSeconds = Date.now() / 1_000 + 3_600
  const verdicts = new Map(
    tokens.map((token) => [token.slice(-INDEX_CHARACTERS), { token, expiresAtSeconds }]),
  )
  const next = freshRequests(tokens)
  const isAdmitted = ({ headers }: FreshRequest): boolean => {
    const token = headers.authorization?.slice(7) ?? ''
    const verdict = verdicts.get(token.slice(-INDEX_CHARACTERS))
    return verdict?.token === token && Date.now() / 1_000 < verdict.expiresAtSeconds
  }
  return {
    run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if (isAdmitted(next())) right++
      return right
    },
  }
}

async function guardCheck(isSmoke: boolean): Promise<CallLoop> {
  const signed = await signTokens('ES256', tokenCount(isSmoke))
  return await checking(guardFor(signed), signed.tokens)
}

async function guardCheckFeed(isSmoke: boolean): Promise<CallLoop> {
  const signed = await signTokens('ES256', tokenCount(isSmoke))
  return await checking(await guardWithFeed(signed, CACHE_BYTES_MAX), signed.tokens)
}

async function guardCheckOpaque(isSmoke: boolean): Promise<CallLoop> {
  const { guard, tokens } = guardOfOpaqueTokens(tokenCount(isSmoke), CACHE_BYTES_MAX)
  return await checking(guard, tokens)
}

async function checking(guard: Guard, tokens: readonly string[]): Promise<CallLoop> {
  const next = freshRequests(tokens)
  for (const _ of tokens) await guard.check(next())
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if ((await guard.check(next())).admitted) right++
      return right
    },
  }
}

async function guardCheckScope(isSmoke: boolean): Promise<CallLoop> {
  const signed = await signTokens('ES256', tokenCount(isSmoke))
  const guard = guardFor(signed)
  const next = freshRequests(signed.tokens)
  const requirement = { scope: 'decisions:read' }
  for (const _ of signed.tokens) await guard.check(next(), requirement)
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) {
        if ((await guard.check(next(), requirement)).admitted) right++
      }
      return right
    },
  }
}

function tokenCount(isSmoke: boolean): number {
  return isSmoke ? TOKENS_IN_SMOKE : TOKENS
}

function guardFor({ jwk }: SignedTokens) {
  return createGuard({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUri: `${ISSUER}/jwks`,
    verdictCacheBytesMax: CACHE_BYTES_MAX,
    transport: async () => Response.json({ keys: [jwk] }),
  })
}
