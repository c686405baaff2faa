/** Verifies a token the way an API would: with a guard, and the issuer's published keys. */
import { type JsonObject, member } from '@mintmark/protocol'
import { failure } from './command-failure.ts'
import type { ProcessEdge } from './process-edge.ts'
import { requireIssuer } from './server-address.ts'
import type { Verification } from './token-description.ts'

/** What the operator expects of the token. Without `issuer` nothing is verified. */
export interface ExpectedToken {
  readonly issuer: string | undefined
  readonly audience: string | undefined
}

/**
 * Checks `token` as an API of `expected.audience` would. Without an expected audience the token's
 * own stands in, so that everything else is still checked.
 *
 * @param claims - The claims in `token`, not verified.
 * @throws CommandFailure `setting_malformed` (usage), or `keys_unavailable` when the issuer's keys
 *   cannot be had.
 */
export async function verifyToken(
  token: string,
  claims: JsonObject,
  expected: ExpectedToken,
  { clock, random, transport }: ProcessEdge,
): Promise<Verification> {
  const { issuer, audience } = expected
  if (issuer === undefined) return { status: 'not_checked' }
  await requireIssuer(issuer, '--issuer must be')
  const { createGuard } = await import('@mintmark/resource-server')
  const guard = createGuard({
    issuer,
    audience: audience ?? audiencesOf(claims),
    clock,
    random,
    transport,
  })
  try {
    const verdict = await guard.check({ headers: { authorization: `Bearer ${token}` } })
    if (verdict.admitted) return { status: 'verified', audienceChecked: audience !== undefined }
    if (verdict.status !== 503) return { status: 'refused', reason: verdict.code }
  } finally {
    guard.dispose()
  }
  throw failure(
    'keys_unavailable',
    `the keys of ${issuer} cannot be had; check --issuer, its metadata and its JWK Set`,
  )
}

/** A token without any usable audience gets one that cannot match, and is refused for that. */
function audiencesOf(claims: JsonObject): readonly string[] {
  const aud = member(claims, 'aud')
  const named = (Array.isArray(aud) ? aud : [aud]).filter((entry) => typeof entry === 'string')
  return named.length > 0 ? named : ['urn:mintmark:no-audience']
}
