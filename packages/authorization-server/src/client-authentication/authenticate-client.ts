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
  type Authentication,
  type FailedAuthentication,
  notAuthenticated,
} from './authentication.ts'
import type { AuthenticationWorld } from './authentication-world.ts'
import { authenticateCertificate } from './certificates/certificate-authentication.ts'
import { chooseCredentials, presentedCredentials } from './presented-credentials.ts'
import { authenticateSecret } from './secret-authentication.ts'

/** Decides which client sent a request, or why that is not known. Answers in place wherever that is possible. */
export function authenticateClient(
  request: EndpointRequest,
  parameters: Parameters,
  endpoint: EndpointName,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const choice = chooseCredentials(presentedCredentials(request, parameters))
  if (!choice.ok) return notAuthenticated(choice.reason, undefined)
  const { chosen } = choice
  switch (chosen.kind) {
    case 'secret': {
      const authentication = authenticateSecret(chosen, world, world.clock.wallMs())
      if ('ok' in authentication && !authentication.ok) {
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
