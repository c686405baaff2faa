/** DPoP proofs made by jose, right in all but what a test is about. */
import { createIdentifierSource } from '@mintmark/runtime'
import { fixtureKeys, seededRandom, the } from '@mintmark/testkit'
import { importJWK, type JWK, SignJWT } from 'jose'

const nextIdentifier = createIdentifierSource(seededRandom(1))

/** What a test may want to be different. `undefined` leaves a member out. */
export interface ProofDifference {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly algorithm?: keyof typeof fixtureKeys
  /** The key that signs, when it is not the one in the header. */
  readonly signer?: JWK
}

/** A proof for the token endpoint, as RFC 9449 section 4.2 has it. */
export async function someProof(difference: ProofDifference = {}): Promise<string> {
  const { algorithm = 'ES256', header, claims, signer } = difference
  const key = fixtureKeys[algorithm] as JWK
  const whole = {
    jti: nextIdentifier(),
    htm: 'POST',
    htu: the.tokenEndpoint,
    iat: the.nowSeconds,
    ...claims,
  }
  return new SignJWT(whole)
    .setProtectedHeader({ alg: algorithm, typ: 'dpop+jwt', jwk: publicPart(key), ...header })
    .sign(await importJWK(signer ?? key, algorithm))
}

/** The public half of a key. */
export function publicPart({ kty, crv, x, y, n, e }: JWK): JWK {
  const members = Object.entries({ kty, crv, x, y, n, e })
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}

/** The `error` of an answer, with its status before it. */
export async function errorOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error?: string }
  return `${response.status} ${error}`
}
