import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseChallenges, scopeOf } from '@mintmark/protocol'
import type { LimitCode, NonceViolation, RefusalCode } from '../src/refusal.ts'
import { type ChallengeTexts, createRefusalResponses } from '../src/refusal-response.ts'
import type { Refusal } from '../src/verdict.ts'

const texts: ChallengeTexts = {
  realm: 'api',
  resourceMetadataUrl: undefined,
  schemes: ['Bearer'],
}
const responses = createRefusalResponses(texts)

/** Every refusal but those of rings and about nonces, which have a form of their own. */
type ChallengedCode = Exclude<RefusalCode, LimitCode | NonceViolation>

function refusalFor(code: ChallengedCode): Refusal {
  if (code === 'insufficient_scope') return responses.insufficientScope(scopeOf(['write', 'read']))
  switch (code) {
    case 'keys_unavailable':
    case 'introspection_unavailable':
    case 'revocations_unknown':
    case 'proof_store_unavailable':
    case 'proofs_overflowing':
      return responses.unavailable(code, 7)
    default:
      return responses.of(code)
  }
}

/** Status, the challenge after its realm, and the body of every refusal there is. */
const answers: Readonly<Record<ChallengedCode, readonly [number, string, string]>> = {
  no_credentials: [401, '', ''],
  other_scheme: [401, '', ''],
  repeated_credentials: bad('repeated_credentials', 'The request carries more than one credential'),
  token_in_query: bad('token_in_query', 'An access token belongs in the Authorization header'),
  malformed_credentials: bad('malformed', 'The Authorization header carries no access token'),
  malformed_token: invalid('malformed', 'The access token is malformed'),
  critical_header: invalid('malformed', 'The access token is malformed'),
  wrong_type: invalid('wrong_type', 'The token is not an access token'),
  algorithm_not_allowed: invalid('wrong_algorithm', 'The signature algorithm is not accepted here'),
  wrong_issuer: invalid('wrong_issuer', 'The issuer of the access token is not trusted here'),
  unknown_key: invalid('unknown_key', 'No published key matches the access token'),
  ambiguous_key: invalid('unknown_key', 'No published key matches the access token'),
  bad_signature: invalid('bad_signature', 'The signature of the access token is wrong'),
  claim_missing: invalid('missing_claim', 'The access token lacks a required claim'),
  claim_malformed: invalid('malformed_claim', 'A claim of the access token is malformed'),
  claims_refused: invalid('malformed_claim', 'A claim of the access token is malformed'),
  wrong_audience: invalid('wrong_audience', 'The access token is meant for another audience'),
  expired: invalid('expired', 'The access token expired'),
  not_yet_valid: invalid('not_yet_valid', 'The access token is not valid yet'),
  issued_in_the_future: invalid('not_yet_valid', 'The access token is not valid yet'),
  lifetime_too_long: invalid(
    'lifetime_too_long',
    'The access token lives longer than is accepted here',
  ),
  sender_constrained: invalid(
    'sender_constrained',
    'The access token is bound to a key of its client',
  ),
  token_not_bound: invalid('not_bound', 'The access token is not bound as it has to be here'),
  dpop_not_accepted: invalid(
    'dpop_not_accepted',
    'Access tokens bound to a key are not accepted here',
  ),
  proof_missing: answer(
    401,
    'invalid_dpop_proof',
    'missing_proof',
    'The request carries no DPoP proof',
  ),
  proof_repeated: answer(
    401,
    'invalid_dpop_proof',
    'repeated_proof',
    'The request carries more than one DPoP proof',
  ),
  proof_malformed: answer(
    401,
    'invalid_dpop_proof',
    'malformed_proof',
    'The DPoP proof is malformed',
  ),
  proof_signature_wrong: answer(
    401,
    'invalid_dpop_proof',
    'wrong_proof_signature',
    'The signature of the DPoP proof is wrong',
  ),
  proof_misdirected: answer(
    401,
    'invalid_dpop_proof',
    'wrong_proof_target',
    'The DPoP proof is for another method or URL',
  ),
  proof_token_mismatch: answer(
    401,
    'invalid_dpop_proof',
    'wrong_proof_token',
    'The DPoP proof is for another access token',
  ),
  proof_key_mismatch: invalid('wrong_proof_key', 'The access token is bound to another key'),
  proof_stale: answer(
    401,
    'invalid_dpop_proof',
    'stale_proof',
    'The DPoP proof is too old, or of a time to come',
  ),
  proof_replayed: answer(
    401,
    'invalid_dpop_proof',
    'replayed_proof',
    'The DPoP proof was used before',
  ),
  certificate_missing: invalid('missing_certificate', 'The access token is bound to a certificate'),
  certificate_mismatch: invalid(
    'wrong_certificate',
    'The access token is bound to another certificate',
  ),
  revoked: invalid('revoked', 'The access token was revoked'),
  inactive: invalid('inactive', 'The access token is not active'),
  insufficient_scope: answer(
    403,
    'insufficient_scope',
    'insufficient_scope',
    'The access token does not carry the required scope',
    ', scope="read write"',
  ),
  keys_unavailable: unavailable('Access tokens cannot be verified for the moment'),
  introspection_unavailable: unavailable('Access tokens cannot be verified for the moment'),
  proof_store_unavailable: unavailable('DPoP proofs cannot be checked for the moment'),
  proofs_overflowing: unavailable('DPoP proofs cannot be checked for the moment'),
  revocations_unknown: unavailable(
    'Whether access tokens were revoked is not known for the moment',
  ),
}

function unavailable(description: string): readonly [number, string, string] {
  const body = { error: 'temporarily_unavailable', error_description: description }
  return [503, '', JSON.stringify(body)]
}

function bad(reason: string, description: string): readonly [number, string, string] {
  return answer(400, 'invalid_request', reason, description)
}

function invalid(reason: string, description: string): readonly [number, string, string] {
  return answer(401, 'invalid_token', reason, description)
}

function answer(
  status: number,
  error: string,
  reason: string,
  description: string,
  scope = '',
): readonly [number, string, string] {
  return [
    status,
    `, error="${error}", error_description="${description}", reason="${reason}"${scope}`,
    `{"error":"${error}","error_description":"${description}"}`,
  ]
}

describe('the answer to a refusal', () => {
  for (const [code, [status, challenge, body]] of Object.entries(answers)) {
    test(`of ${code} has this status, challenge and body [R4]`, () => {
      const refusal = refusalFor(code as ChallengedCode)
      assert.equal(refusal.code, code)
      assert.equal(refusal.status, status)
      assert.equal(refusal.body, body)
      const first =
        status === 503
          ? ['retry-after', '7']
          : ['www-authenticate', `Bearer realm="api"${challenge}`]
      const type = body === '' ? [] : [['content-type', 'application/json']]
      assert.deepEqual(refusal.headers, [first, ['cache-control', 'no-store'], ...type])
    })
  }

  test('says in fields what it says in the challenge', () => {
    const { error, reason, headers } = responses.of('expired')
    const challenge = parseChallenges(headers[0]?.[1] ?? '')[0]
    assert.equal(challenge?.scheme, 'bearer')
    assert.equal(challenge?.parameters.get('error'), error)
    assert.equal(challenge?.parameters.get('reason'), reason)
  })

  test('is the same object for the same code, and frozen', () => {
    const refusal = responses.of('expired')
    assert.equal(responses.of('expired'), refusal)
    assert.ok(Object.isFrozen(refusal) && Object.isFrozen(refusal.headers))
    assert.ok(refusal.headers.every(Object.isFrozen))
  })

  test('names no scope where a predicate decided', () => {
    const { headers } = responses.insufficientScope(undefined)
    assert.equal(parseChallenges(headers[0]?.[1] ?? '')[0]?.parameters.has('scope'), false)
  })

  for (const [given, sent] of [
    [0, 1],
    [0.2, 1],
    [1, 1],
    [1.1, 2],
    [30, 30],
  ] as const) {
    test(`asks to wait ${sent} s when ${given} s are left`, () => {
      const refusal = responses.unavailable('keys_unavailable', given)
      assert.equal(refusal.retryAfterSeconds, sent)
      assert.deepEqual(refusal.headers[0], ['retry-after', String(sent)])
    })
  }

  test('names realm and protected resource metadata from the configuration in every challenge', () => {
    const url = 'https://api.example/.well-known/oauth-protected-resource'
    const configured = createRefusalResponses({
      ...texts,
      realm: 'Orders "v2"',
      resourceMetadataUrl: url,
    })
    const refusals = [
      configured.of('no_credentials'),
      configured.of('repeated_credentials'),
      configured.of('expired'),
      configured.insufficientScope(scopeOf(['read'])),
    ]
    for (const { headers } of refusals) {
      const challenge = parseChallenges(headers[0]?.[1] ?? '')[0]
      assert.equal(challenge?.parameters.get('realm'), 'Orders "v2"')
      assert.equal(challenge?.parameters.get('resource_metadata'), url)
    }
    assert.equal(configured.unavailable('keys_unavailable', 1).headers.length, 3)
  })
})
