/** Every refusal there is, as a guard makes it: a code that is missing here does not compile. */
import { scopeOf } from '@mintmark/protocol'
import type { Refusal, RefusalCode } from '@mintmark/resource-server'
import {
  type ChallengeTexts,
  createRefusalResponses,
  type FixedCode,
} from '../../src/refusal-response.ts'
import { ringRefusal } from '../../src/rings/ring-refusal.ts'

/** The challenges that are told apart: of a guard that takes bearer tokens, and of one that takes bound ones too. */
const challenges: readonly (readonly [string, ChallengeTexts])[] = [
  ['Bearer', { realm: 'api', resourceMetadataUrl: undefined, schemes: ['Bearer'] }],
  [
    'Bearer and DPoP with metadata',
    {
      realm: 'partner api',
      resourceMetadataUrl: 'https://api.example/.well-known/oauth-protected-resource/v1',
      schemes: ['Bearer', 'DPoP'],
    },
  ],
]

const FIXED: Readonly<Record<FixedCode, true>> = {
  ...{ no_credentials: true, other_scheme: true, repeated_credentials: true, token_in_query: true },
  ...{ malformed_credentials: true, malformed_token: true, critical_header: true },
  ...{ wrong_type: true, algorithm_not_allowed: true, wrong_issuer: true, unknown_key: true },
  ...{ ambiguous_key: true, bad_signature: true, claim_missing: true, claim_malformed: true },
  ...{ claims_refused: true, wrong_audience: true, expired: true, not_yet_valid: true },
  ...{ issued_in_the_future: true, lifetime_too_long: true, sender_constrained: true },
  ...{ token_not_bound: true, dpop_not_accepted: true, proof_missing: true, proof_repeated: true },
  ...{ proof_malformed: true, proof_signature_wrong: true, proof_misdirected: true },
  ...{ proof_token_mismatch: true, proof_key_mismatch: true, proof_stale: true },
  ...{ proof_replayed: true, certificate_missing: true, certificate_mismatch: true },
  ...{ revoked: true, inactive: true },
}

function refusalsWith(texts: ChallengeTexts): Readonly<Record<RefusalCode, Refusal>> {
  const responses = createRefusalResponses(texts)
  const fixed = Object.fromEntries(
    Object.keys(FIXED).map((code) => [code, responses.of(code as FixedCode)]),
  ) as Record<FixedCode, Refusal>
  const limited = { allowed: false, states: [], violated: [], shadowed: [], retryAfterMs: 2_000 }
  const wait = [['retry-after', '2']] as const
  return {
    ...fixed,
    insufficient_scope: responses.insufficientScope(scopeOf(['decisions:read'])),
    nonce_missing: responses.nonceNeeded('nonce_missing', 'n0nce'),
    nonce_unknown: responses.nonceNeeded('nonce_unknown', 'n0nce'),
    keys_unavailable: responses.unavailable('keys_unavailable', 7),
    introspection_unavailable: responses.unavailable('introspection_unavailable', 7),
    revocations_unknown: responses.unavailable('revocations_unknown', 7),
    proof_store_unavailable: responses.unavailable('proof_store_unavailable', 7),
    proofs_overflowing: responses.unavailable('proofs_overflowing', 7),
    rate_limited: ringRefusal({ ...limited, basis: 'buckets' }, wait),
    limits_unavailable: ringRefusal({ ...limited, basis: 'nothing' }, wait),
  }
}

/** By a title made of code and kind of challenge. */
export const everyRefusal: ReadonlyMap<string, Refusal> = new Map(
  challenges.flatMap(([kind, texts]) =>
    Object.entries(refusalsWith(texts)).map(
      ([code, refusal]) => [`${code}, ${kind}`, refusal] as const,
    ),
  ),
)
