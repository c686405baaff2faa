/**
 * Client authentication at the endpoints for clients (RFC 6749 sections 2.3 and 3.2.1): one method is chosen, and the
 * file of that method decides.
 *
 * Every doubt about the caller leaves as `invalid_client`; its true reason goes to the observer and nowhere else.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { IpAddress } from '@mintmark/limits'
import type { Parameters } from '@mintmark/protocol'
import type { EndpointName } from '../events.ts'
import type { EndpointRequest } from '../http/endpoint.ts'
import { networkOfAddress } from '../http/network-of-address.ts'
import { authenticateAssertion } from './assertions/assertion-authentication.ts'
import {
  type AuthenticatedClient,
  type Authentication,
  type FailedAuthentication,
  notAuthenticated,
} from './authentication.ts'
import type { AuthenticationWorld } from './authentication-world.ts'
import { authenticateCertificate } from './certificates/certificate-authentication.ts'
import {
  chooseCredentials,
  type PresentedCredentials,
  presentedCredentials,
} from './presented-credentials.ts'
import {
  authenticateRecognised,
  authenticateSecret,
  type PresentedSecret,
} from './secret-authentication.ts'

/** Decides which client sent a request, or why that is not known. Answers in place wherever that is possible. */
export function authenticateClient(
  request: EndpointRequest,
  parameters: Parameters,
  endpoint: EndpointName,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const presented = presentedCredentials(request, parameters)
  const nowWallMs = world.clock.wallMs()
  const recognised = recognisedClient(presented, world, nowWallMs)
  if (recognised !== undefined) return recognised
  const choice = chooseCredentials(presented)
  if (!choice.ok) return notAuthenticated(choice.reason, undefined)
  const { chosen } = choice
  switch (chosen.kind) {
    case 'secret': {
      const authentication = authenticateSecret(chosen, world, nowWallMs)
      if (!('ok' in authentication)) return authentication
      if (authentication.ok) remember(presented, chosen, authentication, world)
      else {
        // Read before the answer: nothing is known of a connection that has been closed since.
        setImmediate(noticeRetired, authentication, world.callers.of(request), world)
      }
      return authentication
    }
    case 'assertion':
      return authenticateAssertion(chosen, endpoint, world)
    case 'certificate':
      return authenticateCertificate(chosen.clientId, request, world)
  }
}

/** The client whose Basic credentials these are, if they are all that is presented and were right before. */
function recognisedClient(
  { authorization, bodyClientId, bodyClientSecret, assertion, assertionType }: PresentedCredentials,
  { credentialMemory }: AuthenticationWorld,
  nowWallMs: number,
): Authentication | undefined {
  if (typeof authorization !== 'string' || bodyClientSecret !== undefined) return undefined
  if (assertion !== undefined || assertionType !== undefined) return undefined
  const known = credentialMemory.recognise(authorization)
  if (known === undefined || (bodyClientId ?? known.client.id) !== known.client.id) return undefined
  const authentication = authenticateRecognised(known, nowWallMs)
  return authentication.ok ? authentication : undefined
}

/** Of what could be read in another way, too, the other reading may become the right one. */
function remember(
  { authorization, bodyClientId }: PresentedCredentials,
  { method, readings }: PresentedSecret,
  { client, secretId }: AuthenticatedClient,
  { credentialMemory }: AuthenticationWorld,
): void {
  if (method !== 'client_secret_basic') return
  if (readings.length > 1 || bodyClientId !== undefined) return
  const secret = client.secrets.find(({ id }) => id === secretId)
  if (typeof authorization !== 'string' || secret === undefined) return
  credentialMemory.remember(authorization, { client, secret })
}

/**
 * The tripwire: somebody still uses a retired secret, or has found it. Looked at after the answer, and for every secret
 * that is refused: the time of an answer must not tell of it.
 */
function noticeRetired(
  { reason, clientId, detail }: FailedAuthentication,
  address: IpAddress | undefined,
  { observer }: AuthenticationWorld,
): void {
  const secretId = detail?.secretId
  if (reason !== 'secret_retired' || clientId === undefined || secretId === undefined) return
  const network = networkOfAddress(address)
  observer({ type: 'retired_secret_presented', clientId, secretId, network })
}
