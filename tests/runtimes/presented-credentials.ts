/** Who sends a token request, and whether it proves it: read with Node's own crypto, since ours is what is tested. */
import { createHash, createPublicKey, type JsonWebKeyInput, verify } from 'node:crypto'
import { fixtureKeys, the } from '@mintmark/testkit'

/** The client that `authorization` and `form` authenticate; without `isValid` they do not. */
export interface PresentedClient {
  readonly clientId: string
  readonly isValid: boolean
}

/** Reads Basic credentials (RFC 6749 section 2.3.1) or an assertion signed with the fixture key (RFC 7523). */
export function presentedClient(authorization: string, form: URLSearchParams): PresentedClient {
  const assertion = form.get('client_assertion')
  if (assertion !== null) {
    const { kty, crv, x, y } = fixtureKeys.ES256
    const claims = verifiedJwt(assertion, { kty, crv, x, y } as JsonWebKeyInput['key'])
    const isValid = claims?.iss === claims?.sub && typeof claims?.jti === 'string'
    return { clientId: String(claims?.sub), isValid }
  }
  const [clientId = '', secret] = atob(authorization.replace('Basic ', ''))
    .split(':')
    .map(decodeURIComponent)
  return { clientId, isValid: secret === the.clientSecret }
}

/** Whether `proof` was made for this request and, where one goes along, for this token (RFC 9449 section 4.3). */
export function isProofFor(
  proof: string,
  { method, url, token }: { method: string; url: string; token?: string | undefined },
): boolean {
  const [header = ''] = proof.split('.')
  const { typ, jwk } = decoded(header)
  const claims = typ === 'dpop+jwt' ? verifiedJwt(proof, jwk as JsonWebKeyInput['key']) : undefined
  const ath = token && createHash('sha256').update(token).digest('base64url')
  return claims?.htm === method && claims.htu === url && claims.ath === ath
}

/** The claims of a JWT with a good ES256 signature. */
function verifiedJwt(
  jwt: string,
  jwk: JsonWebKeyInput['key'],
): Record<string, unknown> | undefined {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const isGood = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  return isGood ? decoded(payload) : undefined
}

function decoded(segment: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(segment, 'base64url').toString())
}
