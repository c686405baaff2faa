/** Authentication by an assertion: which kind it is, and who has to judge it (RFC 7521 section 4.2). */
import type { MaybePromise } from '@mintmark/jwt'
import type { EndpointName } from '../../events.ts'
import { type Authentication, notAuthenticated } from '../authentication.ts'
import type { AuthenticationWorld } from '../authentication-world.ts'
import { authenticateFederated } from '../federation/federated-assertion.ts'
import type { FederationKind } from '../federation/federated-claims.ts'
import type { ChosenCredentials } from '../presented-credentials.ts'
import { assertionTypes, mediaTypes, readAssertion } from './assertion.ts'
import { statedIdentity } from './assertion-claims.ts'
import { authenticateOwnAssertion } from './own-assertion.ts'

/** An assertion as a request presents it. */
export type PresentedAssertion = Extract<ChosenCredentials, { readonly kind: 'assertion' }>

/** Decides which client an assertion speaks for, or why that is not known. */
export function authenticateAssertion(
  { assertion, assertionType, bodyClientId }: PresentedAssertion,
  endpoint: EndpointName,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const presentedAs = kindOf(assertionType)
  if (presentedAs === undefined) return notAuthenticated('assertion_kind_unknown', undefined)
  const read = readAssertion(assertion.reveal(), mediaTypes[presentedAs])
  if (!read.ok) return notAuthenticated(read.violation, undefined)
  const { issuer, subject } = statedIdentity(read.value.claims)
  // Whoever is both issuer and subject speaks for itself.
  if (presentedAs === 'spiffe' || issuer !== subject) {
    return authenticateFederated({ assertion: read.value, presentedAs, bodyClientId }, world)
  }
  if (subject === undefined) return notAuthenticated('assertion_issuer_wrong', undefined)
  if (bodyClientId !== undefined && bodyClientId !== subject) {
    return notAuthenticated('client_ids_differ', undefined)
  }
  return authenticateOwnAssertion({ assertion: read.value, clientId: subject, endpoint }, world)
}

function kindOf(assertionType: string): FederationKind | undefined {
  if (assertionType === assertionTypes.jwt) return 'jwt'
  return assertionType === assertionTypes.spiffe ? 'spiffe' : undefined
}
