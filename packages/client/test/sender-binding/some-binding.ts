/** One binding, one token and one URL, and what a proof says about them. */
import { nodeEngine, type SignatureEngine } from '@mintmark/jwt'
import { redact } from '@mintmark/protocol'
import { seededRandom, the } from '@mintmark/testkit'
import { EmbeddedJWK, jwtVerify } from 'jose'
import { AccessToken } from '../../src/access-token.ts'
import { createDpopBinding } from '../../src/sender-binding/dpop-binding.ts'
import { type DpopOptions, resolveDpop } from '../../src/sender-binding/dpop-options.ts'

/** The text of `token`. */
export const text = 'Zk3vQ8wXy1Tn6RbMd4HsJp0Lc7GfUe2a'
/** A token that is bound to the key. */
export const token = new AccessToken({
  value: redact('access token', text),
  fingerprint: '0123456789abcdef',
  expiresAtWallMs: (the.nowSeconds + 3600) * 1000,
  scope: undefined,
  tokenType: 'DPoP',
})
/** What is called in most tests. */
export const url = new URL('https://API.example:443/a%20b/c?query=1#fragment')
export const node = nodeEngine() as SignatureEngine

/** A binding with the options, at a fixed time unless told otherwise. */
export function binding(
  options: DpopOptions = {},
  engine = node,
  nowWallMs = () => the.nowSeconds * 1000,
) {
  const choice = resolveDpop(options)
  return createDpopBinding({ choice, engine, random: seededRandom(7), nowWallMs })
}

/** The claims of a proof, after jose has verified it by the key in its own header. */
export async function proven(proof: string) {
  const currentDate = new Date(the.nowSeconds * 1000)
  return jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', currentDate, maxTokenAge: '5s' })
}
