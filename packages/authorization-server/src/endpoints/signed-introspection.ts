/** Introspection answers as signed JWTs (RFC 9701), for who has to prove later what it was told. */
import { type MaybePromise, type SignatureAlgorithm, signCompact } from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import { accepts } from '../http/accepts.ts'
import type { EndpointResponse, HeaderValue } from '../http/endpoint.ts'
import { confidentialDocument } from '../respond.ts'
import { type EndpointWorld, refuse } from './endpoint-world.ts'

const SIGNED_TYPE = 'application/token-introspection+jwt'

/** Whether the value of an `Accept` header names signed answers (RFC 9701 section 4). */
export function wantsSignedAnswer(accept: HeaderValue): boolean {
  return accepts(accept, SIGNED_TYPE)
}

/**
 * What was said, signed for `clientId` (RFC 9701 section 5). The claims of the token are in `token_introspection` and
 * nowhere else, so that no verifier can take the answer for an access token.
 */
export function signedAnswer(
  said: string,
  clientId: string,
  world: EndpointWorld,
): MaybePromise<EndpointResponse> {
  const { issuer, clock, signatures, state } = world
  const key = state.keys.signingKey(algorithmFor(clientId, world))
  invariant(key !== undefined, 'a resource is stored only after a key of its algorithm')
  const envelope = JSON.stringify({
    iss: issuer,
    aud: clientId,
    iat: Math.floor(clock.wallMs() / 1000),
  })
  const claims = `${envelope.slice(0, -1)},"token_introspection":${said}}`
  const signed = signCompact(signatures, key, { typ: 'token-introspection+jwt' }, claims)
  if (!(signed instanceof Promise)) return confidentialDocument(signed, SIGNED_TYPE)
  return signed.then(
    (jwt) => confidentialDocument(jwt, SIGNED_TYPE),
    () => refuse(world, 'introspection', 'signer_unavailable', clientId),
  )
}

/** The one that the caller verifies anyway: that of the tokens of the first resource that it serves or may use. */
function algorithmFor(clientId: string, { state }: EndpointWorld): SignatureAlgorithm {
  const client = state.registry.client(clientId)
  const [resource] = [...(client?.servesResources ?? []), ...(client?.grants.keys() ?? [])]
  return (
    (resource === undefined ? undefined : state.registry.resource(resource))?.algorithm ?? 'ES256'
  )
}
