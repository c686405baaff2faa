/**
 * One attempt to get a token, from the endpoint to the judged answer (RFC 6749 section 4.4), in a
 * straight line: where to ask, how to authenticate, whether it makes sense to ask, ask, judge,
 * plan.
 *
 * Keeps nothing itself. Whether and when to make another attempt is decided in `token-source.ts`.
 */
import { type ClientSecret, tokenRequestPairs } from '@mintmark/protocol'
import type { Clock, Transport } from '@mintmark/runtime'
import {
  type AuthenticationChoice,
  chooseAuthentication,
} from './client-authentication/choose-authentication.ts'
import type { ClientAuthentication } from './client-authentication/client-authentication.ts'
import type { CredentialBreaker } from './credential-breaker.ts'
import type { Located, LocateTokenEndpoint } from './discovery.ts'
import { type CircuitSubject, labelOf } from './events.ts'
import { type Failure, type FailureCode, isFinal } from './failure.ts'
import type { CredentialFingerprint } from './fingerprint.ts'
import { type GrantParts, judgeGrant, type Obtained } from './granted-token.ts'
import { networkFailure } from './network-failure.ts'
import type { SenderBinding } from './sender-binding/sender-binding.ts'
import type { Throttle } from './throttle.ts'
import { TimeLimitExceeded, withinTime } from './time-limit.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import { sendTokenRequest, type TokenAnswer } from './token-endpoint.ts'
import { judgeTokenAnswer } from './token-judgement.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'

/** What an attempt needs, the same for all attempts of a client. */
export interface ObtainingParts extends GrantParts {
  readonly clientId: string
  readonly locate: LocateTokenEndpoint
  readonly authentication: AuthenticationChoice
  /** What binds tokens to this client; `undefined` for Bearer tokens. */
  readonly binding: SenderBinding | undefined
  readonly credentialFingerprint: CredentialFingerprint
  readonly breaker: CredentialBreaker
  readonly throttle: Throttle
  readonly clock: Clock
  readonly transport: Transport
  readonly timeoutMs: number
}

/**
 * Makes one attempt. Failures of the world are values; rejects only for a bug, or with the reason of
 * its signal. After an abort the value, if there is one, means nothing.
 *
 * @param key - The cache key of `identity`.
 */
export async function obtainToken(
  parts: ObtainingParts,
  identity: TokenRequestIdentity,
  key: string,
  signal: AbortSignal,
): Promise<Obtained> {
  const located = await locateUnlessOpen(parts, signal)
  if (!located.ok) return located
  const { url, authenticationMethods } = located.endpoint
  const authentication = chooseAuthentication(parts.authentication, authenticationMethods)
  if (authentication === undefined) return failed('authentication_not_supported')
  const secret = await secretWithinTime(parts, authentication, signal)
  if (secret === undefined) return failed('credential_unavailable')
  const fingerprint = await parts.credentialFingerprint(secret)
  const circuits: Circuits = {
    credential: `credential ${fingerprint}`,
    request: `request ${fingerprint} ${key}`,
  }
  const refusal = parts.breaker.refusal(Object.values(circuits), parts.clock.monotonicMs())
  if (refusal !== undefined) return { ok: false, failure: refusal }
  const exchange = { url, authentication, secret, identity }
  const obtained = await exchangeAndJudge(parts, exchange, signal)
  return settleCircuits(parts, circuits, obtained)
}

interface Circuits {
  readonly credential: string
  readonly request: string
}

function failed(code: FailureCode): Obtained {
  return { ok: false, failure: { code, asked: false } }
}

const METADATA_CIRCUIT = 'metadata'

async function locateUnlessOpen(parts: ObtainingParts, signal: AbortSignal): Promise<Located> {
  const { breaker, clock } = parts
  const refusal = breaker.refusal([METADATA_CIRCUIT], clock.monotonicMs())
  if (refusal !== undefined) return { ok: false, failure: refusal }
  const located = await parts.locate(signal)
  if (located.ok) {
    closeCircuit(parts, 'metadata', METADATA_CIRCUIT)
    return located
  }
  if (!isFinal(located.failure.code)) return located
  return { ok: false, failure: openCircuit(parts, 'metadata', METADATA_CIRCUIT, located.failure) }
}

/**
 * `undefined` when the caller's function failed or the signal aborted. What the function failed
 * with may hold anything and is dropped.
 */
async function secretWithinTime(
  { clock, timeoutMs }: ObtainingParts,
  authentication: ClientAuthentication,
  signal: AbortSignal,
): Promise<ClientSecret | undefined> {
  try {
    return await withinTime(clock, timeoutMs, signal, () => authentication.readSecret())
  } catch {
    return undefined
  }
}

interface Exchange {
  readonly url: string
  readonly authentication: ClientAuthentication
  readonly secret: ClientSecret
  readonly identity: TokenRequestIdentity
}

async function exchangeAndJudge(
  parts: ObtainingParts,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Obtained> {
  parts.report({ type: 'token_requested', request: labelOf(exchange.identity) })
  const answer = await exchangeWithinTime(parts, exchange, signal)
  if (!answer.ok) return answer
  const judgement = judgeTokenAnswer(answer.value)
  if (!judgement.ok) return judgement
  return judgeGrant(parts, exchange.identity, judgement.response, answer.value)
}

async function exchangeWithinTime(
  parts: ObtainingParts,
  { url, authentication, secret, identity }: Exchange,
  signal: AbortSignal,
): Promise<{ ok: true; value: TokenAnswer } | { ok: false; failure: Failure }> {
  const { clock, transport, timeoutMs } = parts
  const { scope, resources, audience, authorizationDetails, extraParameters } = identity
  const extra =
    authorizationDetails === undefined
      ? extraParameters
      : { ...extraParameters, authorization_details: authorizationDetails }
  const request = {
    url,
    bodyType: authentication.bodyType,
    parameters: tokenRequestPairs({ scope, resources, audience, extra }),
    credential: authentication.present(parts.clientId, secret),
  }
  try {
    const value = await withinTime(clock, timeoutMs, signal, (limited) =>
      sendTokenRequest(transport, clock, request, limited),
    )
    return { ok: true, value }
  } catch (error) {
    if (signal.aborted) throw error
    const isTimeout = error instanceof TimeLimitExceeded
    return { ok: false, failure: isTimeout ? { code: 'timed_out' } : networkFailure(error) }
  }
}

/**
 * A refused client opens the circuit of its credential, another final failure that of the request.
 */
function settleCircuits(parts: ObtainingParts, circuits: Circuits, obtained: Obtained): Obtained {
  if (obtained.ok) {
    closeCircuit(parts, 'credential', circuits.credential)
    closeCircuit(parts, 'request', circuits.request)
    return obtained
  }
  const { failure } = obtained
  if (!isFinal(failure.code)) {
    throttleIfAsked(parts, failure)
    return obtained
  }
  const about = credentialCodes.has(failure.code) ? 'credential' : 'request'
  return { ok: false, failure: openCircuit(parts, about, circuits[about], failure) }
}

const credentialCodes: ReadonlySet<FailureCode> = new Set([
  'client_refused',
  'client_not_permitted',
])

function throttleIfAsked({ throttle, clock }: ObtainingParts, failure: Failure): void {
  if (failure.code !== 'rate_limited' || failure.retryAfterMs === undefined) return
  throttle.pause(failure, clock.monotonicMs() + failure.retryAfterMs)
}

function openCircuit(
  { breaker, clock, report }: ObtainingParts,
  about: CircuitSubject,
  name: string,
  failure: Failure,
): Failure {
  const opened = breaker.open(name, failure, clock.monotonicMs())
  report({ type: 'circuit_opened', about, error: new TokenAcquisitionError(opened) })
  return opened
}

function closeCircuit({ breaker, report }: ObtainingParts, about: CircuitSubject, name: string) {
  if (breaker.close(name)) report({ type: 'circuit_closed', about })
}
