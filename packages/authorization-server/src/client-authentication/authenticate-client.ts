/**
 * Client authentication at the endpoints for clients (RFC 6749 sections 2.3 and 3.2.1): one method is chosen, and the
 * file of that method decides.
 *
 * Every doubt about the caller leaves as `invalid_client`; its true reason goes to the observer and nowhere else.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { EndpointName } from '../events.ts'
import { authenticateAssertion } from './assertions/assertion-authentication.ts'
import { type Authentication, notAuthenticated } from './authentication.ts'
import type { AuthenticationWorld } from './authentication-world.ts'
import { chooseCredentials, type PresentedCredentials } from './presented-credentials.ts'
import { authenticateSecret } from './secret-authentication.ts'

/** Decides which client sent a request, or why that is not known. Answers in place wherever that is possible. */
export function authenticateClient(
  presented: PresentedCredentials,
  endpoint: EndpointName,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const choice = chooseCredentials(presented)
  if (!choice.ok) return notAuthenticated(choice.reason, undefined)
  const { chosen } = choice
  switch (chosen.kind) {
    case 'secret': {
      const nowWallMs = world.clock.wallMs()
      return authenticateSecret(chosen, {
        registry: world.registry(),
        digester: world.digester,
        nowWallMs,
      })
    }
    case 'assertion':
      return authenticateAssertion(chosen, endpoint, world)
    case 'certificate':
      return notAuthenticated('credentials_missing', undefined)
  }
}
