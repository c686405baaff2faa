/** Reads a revocation feed as a resource server has to: signature, type, digest, then the content. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  nodeEngine,
  parseClaims,
  parseCompact,
  parseJwkSet,
  selectKey,
  verifyCompact,
} from '@mintmark/jwt'
import {
  type FeedClaims,
  parseFeedContent,
  type RevocationFeed,
  readFeedClaims,
  revocationFeedType,
  revokedTokenName,
  splitFeed,
} from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'

const engine = nodeEngine()
invariant(engine !== undefined, 'tests run on Node')

export interface VerifiedFeed extends FeedClaims, RevocationFeed {
  readonly kid: string
  lists(token: { readonly jti: string; readonly exp: number }): boolean
}

/** The feed in `document`, if a key of `jwkSet` has signed it. */
export function verifiedFeed(document: string, jwkSet: string): VerifiedFeed {
  invariant(engine !== undefined, 'tests run on Node')
  const lines = parsedOf(splitFeed(document))
  const jws = parsedOf(parseCompact(lines.signedClaims))
  assert.equal(jws.header.typ, revocationFeedType)
  const jwk = parsedOf(selectKey(parsedOf(parseJwkSet(jwkSet)).keys, jws.header))
  const key = engine.importVerificationKey(jwk, jws.header.alg)
  assert.ok(verifyCompact(engine, jws, key), 'the signature is right')
  const claims = parsedOf(readFeedClaims(parsedOf(parseClaims(jws.payload))))
  const digest = createHash('sha256').update(lines.content).digest('base64url')
  assert.equal(claims.content_sha256, digest)
  const content = parsedOf(parseFeedContent(lines.content))
  return {
    ...claims,
    ...content,
    kid: jws.header.kid ?? '',
    lists: ({ jti, exp }) => {
      const name = revokedTokenName(createHash('sha256').update(jti).digest())
      return content.tokens.has({ expiresAtSeconds: exp, name })
    },
  }
}

function parsedOf<Value>(
  parsed:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly violation: string },
): Value {
  if (!parsed.ok) throw new Error(parsed.violation)
  return parsed.value
}
