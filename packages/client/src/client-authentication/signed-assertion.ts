/**
 * A client assertion: a JWT with which a client says who it is (RFC 7521 section 4.2, RFC 7523
 * sections 2.2 and 3, as updated by RFC 10070).
 *
 * Invariants
 *  (1) Every assertion has an identifier of 128 random bits, so no two are the same.
 *  (2) Its one audience is the server that it is sent to: whoever gets it cannot use it elsewhere.
 */
import { encodeBase64url, encodeBase64urlText, type MaybePromise } from '@mintmark/jwt'
import { clockSkewIgnoredMs } from '../limits.ts'
import type { ResolvedAssertion } from './assertion-options.ts'
import type { AuthenticationAttempt, PresentedCredential } from './client-authentication.ts'

/** What signs assertions. */
export interface AssertionSigner {
  /** The members of the protected header that the key decides. `undefined` ones are left out. */
  readonly header: {
    readonly alg: string
    readonly kid: string | undefined
    readonly 'x5t#S256': string | undefined
  }
  /** Signs the UTF-8 octets of a text, in the form of RFC 7518 section 3. */
  readonly sign: (signingInput: string) => MaybePromise<Uint8Array>
}

const IDENTIFIER_BYTES = 16

/** Makes one assertion and what goes along with it. */
export async function signedAssertion(
  { header, sign }: AssertionSigner,
  options: ResolvedAssertion,
  attempt: AuthenticationAttempt,
): Promise<PresentedCredential> {
  const { clientId, random, assertionDefaults = {} } = attempt
  const audience = options.audience ?? assertionDefaults.audience ?? 'issuer'
  const typ = options.typ ?? assertionDefaults.typ ?? 'client-authentication+jwt'
  // Servers without any tolerance refuse what is a second early, and so small a skew is not known.
  const issuedAt = Math.floor((attempt.nowWallMs - clockSkewIgnoredMs) / 1000)
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audienceOf(audience, attempt),
    jti: encodeBase64url(random.bytes(IDENTIFIER_BYTES)),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + options.lifetimeSeconds,
  }
  const signingInput = [{ typ, ...header }, claims]
    .map((part) => encodeBase64urlText(JSON.stringify(part)))
    .join('.')
  return withAssertion(clientId, `${signingInput}.${encodeBase64url(await sign(signingInput))}`)
}

/**
 * The parameters that carry an assertion (RFC 7521 section 4.2). The client id goes along, although
 * it may be left out: some servers find the client by it.
 */
export function withAssertion(clientId: string, assertion: string): PresentedCredential {
  return {
    authorization: undefined,
    parameters: [
      ['client_id', clientId],
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
      ['client_assertion', assertion],
    ],
  }
}

function audienceOf(audience: string, attempt: AuthenticationAttempt): string {
  if (audience === 'issuer') return attempt.audience
  return audience === 'token_endpoint' ? attempt.tokenEndpoint : audience
}
