/** How Okta judges the proof of a token request (RFC 9449 sections 4.3 and 8): it always asks for its nonce. */
import { jwkThumbprint, platformEngine } from '@mintmark/jwt'
import type { Clock } from '@mintmark/runtime'
import { jsonResponse } from '../json-response.ts'
import { refused } from './oauth-refusal.ts'
import { keyIn, presentedJwt } from './presented-jwt.ts'
import type { ReceivedTokenRequest } from './received-token-request.ts'

/** What a proof came to: the thumbprint of its key, or the answer that refuses it. */
export type ProofJudgement =
  | { readonly refusal: undefined; readonly thumbprint: string }
  | { readonly refusal: Response }

const PROOF_SECONDS_MAX = 300
const NONCE = 'mgjsdIYhYUXpzGwdBHUAY3oh9YNSLpg2'

/** Makes the judge of one token endpoint. */
export function createProofJudge(
  clock: Clock,
  tokenEndpoint: string,
): (request: ReceivedTokenRequest) => Promise<ProofJudgement> {
  const seen = new Set<unknown>()
  return async ({ proof }) => {
    if (proof === undefined) return invalid('The DPoP proof JWT header is missing.')
    const jwt = presentedJwt(proof)
    const key = jwt && keyIn(jwt)
    if (jwt === undefined || key === undefined || jwt.header.typ !== 'dpop+jwt') {
      return invalid('The DPoP proof JWT is malformed.')
    }
    if (!(await jwt.isSignedBy(key))) return invalid('The DPoP proof JWT signature is invalid.')
    const { htm, htu, iat, nonce, jti } = jwt.claims
    if (htm !== 'POST' || htu !== tokenEndpoint) return invalid('htm or htu do not match.')
    const ageSeconds = clock.wallMs() / 1000 - Number(iat)
    if (!(Math.abs(ageSeconds) <= PROOF_SECONDS_MAX)) return invalid('The DPoP proof has expired.')
    if (nonce !== NONCE) return { refusal: nonceRequired() }
    if (seen.has(jti)) return invalid('The DPoP proof has been used.')
    seen.add(jti)
    const thumbprint = await jwkThumbprint(key, platformEngine())
    return { refusal: undefined, thumbprint }
  }
}

function invalid(sentence: string): ProofJudgement {
  return { refusal: refused(400, 'invalid_dpop_proof', sentence) }
}

function nonceRequired(): Response {
  const error_description = 'Authorization server requires nonce in DPoP proof.'
  const body = { error: 'use_dpop_nonce', error_description }
  return jsonResponse(body, { status: 400, headers: { 'dpop-nonce': NONCE } })
}
