/**
 * Authentication by an assertion that the client made itself: `private_key_jwt` and `client_secret_jwt` (RFC 7523
 * section 2.2, RFC 10070, OpenID Connect Core section 9).
 *
 * Invariants
 *  (1) The algorithm is one that a registered key is for; what the header says only chooses among those.
 *  (2) Claims are judged behind a right signature only, and the replay guard hears of nothing that would be refused
 *      anyway: nobody can use up an identifier that is not theirs.
 *  (3) One signature is verified whoever is named: for an unknown client, or a key that is not registered, with a key
 *      that nobody has.
 */
import { isKeyRefusal, type KeyLookup, type MaybePromise } from '@mintmark/jwt'
import type { ReplayVerdict } from '@mintmark/limits'
import type { AuthorizationServerEvent, EndpointName } from '../../events.ts'
import type { RefusalReason } from '../../refusal.ts'
import type { RegisteredClient } from '../../registry/registry-snapshot.ts'
import { type Authentication, notAuthenticated } from '../authentication.ts'
import type { AuthenticationWorld } from '../authentication-world.ts'
import type { Assertion } from './assertion.ts'
import { type AudienceStyle, judgeAssertionClaims } from './assertion-claims.ts'

/** An assertion whose issuer is its subject. */
export interface OwnAssertion {
  readonly assertion: Assertion
  readonly clientId: string
  readonly endpoint: EndpointName
}

/** What the signature of an assertion turned out to be. */
type Verified =
  | { readonly ok: true; readonly secretId: string | undefined }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Decides whether the client that an assertion names made it. */
export function authenticateOwnAssertion(
  own: OwnAssertion,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const { assertion, clientId } = own
  const client = world.registry().client(clientId)
  const method = assertion.alg === 'HS256' ? 'client_secret_jwt' : 'private_key_jwt'
  const isRegistered = client?.authenticationMethods.has(method) === true
  const verified = verifyAssertion(assertion, isRegistered ? client : undefined, world)
  const conclude = (outcome: Verified): MaybePromise<Authentication> => {
    if (client === undefined) return notAuthenticated('client_unknown', undefined)
    if (!isRegistered) return notAuthenticated('authentication_method_not_registered', client.id)
    if (!outcome.ok) return notAuthenticated(outcome.reason, client.id)
    return judgeBehindSignature(own, client, outcome.secretId, world)
  }
  return verified instanceof Promise ? verified.then(conclude) : conclude(verified)
}

function verifyAssertion(
  assertion: Assertion,
  client: RegisteredClient | undefined,
  world: AuthenticationWorld,
): MaybePromise<Verified> {
  const { alg, kid, signingInput, signature } = assertion
  if (alg === 'HS256') return world.macs.verify(assertion, client, world.clock.wallMs())
  const conclude = (found: KeyLookup): Verified => {
    if (isKeyRefusal(found)) {
      world.engine.verify(world.decoys.keyFor(alg), signingInput, signature)
      return { ok: false, reason: keyRefusals[found.refusal] }
    }
    return world.engine.verify(found, signingInput, signature)
      ? { ok: true, secretId: undefined }
      : { ok: false, reason: 'assertion_signature_wrong' }
  }
  const found =
    client === undefined ? unknownKey : world.clientKeys.keyFor(client.settings.keys, { alg, kid })
  return found instanceof Promise ? found.then(conclude) : conclude(found)
}

const unknownKey: KeyLookup = { refusal: 'unknown_key' }

const keyRefusals = {
  unknown_key: 'assertion_key_unknown',
  ambiguous_key: 'assertion_key_ambiguous',
  keys_unavailable: 'client_keys_unavailable',
} as const satisfies Record<string, RefusalReason>

function judgeBehindSignature(
  { assertion, clientId, endpoint }: OwnAssertion,
  client: RegisteredClient,
  secretId: string | undefined,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const { issuer, tokenEndpoint, observer } = world
  const expected = { clientId, issuer, tokenEndpoint }
  const judged = judgeAssertionClaims(assertion.claims, expected, world.clock.wallMs())
  if (!judged.ok) return notAuthenticated(judged.reason, client.id, judged.detail)
  const audience = verdictOnAudience(judged.audience, client, endpoint)
  if (audience.event !== undefined) observer(audience.event)
  if (!audience.isAccepted) return notAuthenticated('assertion_audience_wrong', client.id)
  if (client.disabled) return notAuthenticated('client_disabled', client.id)
  const method = assertion.alg === 'HS256' ? 'client_secret_jwt' : 'private_key_jwt'
  const { jti, refusedFromWallMs } = judged
  const conclude = (verdict: ReplayVerdict): Authentication =>
    verdict === 'first'
      ? { ok: true, client, method, secretId }
      : notAuthenticated(replayRefusals[verdict], client.id)
  const verdict = world.replayGuard.consume({ method, clientId, jti, refusedFromWallMs })
  return verdict instanceof Promise ? verdict.then(conclude) : conclude(verdict)
}

const replayRefusals = {
  repeated: 'assertion_replayed',
  full: 'overloaded',
  unavailable: 'replay_store_unavailable',
} as const satisfies Record<Exclude<ReplayVerdict, 'first'>, RefusalReason>

/** What an audience of an older style means for this client, and what the observer hears of it. */
function verdictOnAudience(
  style: AudienceStyle,
  { id: clientId, settings }: RegisteredClient,
  endpoint: EndpointName,
): { readonly isAccepted: boolean; readonly event: AuthorizationServerEvent | undefined } {
  if (style !== 'legacy') return { isAccepted: style === 'strict', event: undefined }
  if (settings.assertionAudience === 'legacy') {
    return { isAccepted: true, event: { type: 'legacy_assertion_audience', clientId } }
  }
  const policy = 'assertion_audience'
  if (!settings.shadowed.includes(policy)) return { isAccepted: false, event: undefined }
  const reason = 'assertion_audience_wrong'
  return {
    isAccepted: true,
    event: { type: 'refusal_shadowed', endpoint, policy, reason, clientId },
  }
}
