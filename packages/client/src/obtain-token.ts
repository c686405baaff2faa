/**
 * One attempt to get a token, from the endpoint to the judged answer (RFC 6749 section 4.4), in a
 * straight line: where to ask, with which credential, whether it makes sense to ask, ask.
 *
 * Keeps nothing itself. Whether and when to make another attempt is decided in `token-source.ts`.
 */
import {
  type AuthenticationChoice,
  chooseAuthentications,
} from './client-authentication/choose-authentication.ts'
import type {
  ClientAuthentication,
  Credential,
} from './client-authentication/client-authentication.ts'
import type { Breaker } from './credential-breaker.ts'
import type { CredentialRotation } from './credential-rotation.ts'
import type { CredentialTrials } from './credential-trials.ts'
import type { Located, LocateTokenEndpoint } from './discovery.ts'
import type { CircuitSubject } from './events.ts'
import { type Failure, type FailureCode, isFinal } from './failure.ts'
import type { CredentialFingerprint } from './fingerprint.ts'
import { type Obtained, requestsOf } from './granted-token.ts'
import { systemCodeOf } from './network-failure.ts'
import type { Throttle } from './throttle.ts'
import { withinTime } from './time-limit.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import { type ExchangeParts, exchangeForToken } from './token-exchange.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'

/** What an attempt needs, the same for all attempts of a client. */
export interface ObtainingParts extends ExchangeParts {
  readonly locate: LocateTokenEndpoint
  readonly authentication: AuthenticationChoice
  readonly credentialFingerprint: CredentialFingerprint
  /** Which of several credentials comes first. */
  readonly rotation: CredentialRotation
  readonly trials: CredentialTrials
  /** Holds back requests with a credential that was refused: of this process, or of the whole fleet. */
  readonly breaker: Breaker
  /** The same for the metadata, always of this process. */
  readonly metadataBreaker: Breaker
  readonly throttle: Throttle
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
  const authentications = chooseAuthentications(parts.authentication, authenticationMethods)
  return obtainWithOneOf(parts, authentications, { url, identity, key }, signal)
}

/** What is asked for, whatever the credential. */
interface Request {
  readonly url: string
  readonly identity: TokenRequestIdentity
  readonly key: string
}

/**
 * Tries the credentials one after the other until one of them is not the trouble.
 *
 * Once the server has refused one, the circuits of the others are passed over: what it said of them
 * is from before it changed its mind.
 */
async function obtainWithOneOf(
  parts: ObtainingParts,
  authentications: readonly ClientAuthentication[],
  request: Request,
  signal: AbortSignal,
): Promise<Obtained> {
  let failure: Failure | undefined
  let requests = 0
  for (const position of parts.rotation.order(authentications.length)) {
    const authentication = authentications[position] as ClientAuthentication
    const attempt = { ...request, authentication, position, passesCircuit: requests > 0 }
    const obtained = await obtainWith(parts, attempt, signal)
    requests += requestsOf(obtained)
    if (obtained.ok) parts.rotation.worked(position)
    if (obtained.ok || !isAboutCredential(obtained.failure)) return { ...obtained, requests }
    failure = failure === undefined ? obtained.failure : toTell(failure, obtained.failure)
  }
  failure ??= { code: 'authentication_not_supported', asked: false }
  return { ok: false, failure, requests }
}

/** Of two failures what the server said first, else what may be over first. */
function toTell(earlier: Failure, later: Failure): Failure {
  if (earlier.asked !== false) return earlier
  if (later.asked !== false) return later
  return (later.retryAfterMs ?? 0) < (earlier.retryAfterMs ?? 0) ? later : earlier
}

interface Attempt extends Request {
  readonly authentication: ClientAuthentication
  readonly position: number
  readonly passesCircuit: boolean
}

async function obtainWith(
  parts: ObtainingParts,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Obtained> {
  const { authentication, url, identity, key, passesCircuit } = attempt
  const read = await readWithinTime(parts, attempt, signal)
  if (!read.ok) return read
  const { credential } = read
  const fingerprint = await parts.credentialFingerprint(credential.identity)
  const circuits: Circuits = {
    credential: `credential ${fingerprint}`,
    request: `request ${fingerprint} ${key}`,
  }
  const asked = passesCircuit ? [circuits.request] : Object.values(circuits)
  return parts.trials.inTurn(circuits.credential, signal, async () => {
    const refusal = await parts.breaker.refusal(asked, parts.clock.monotonicMs())
    if (refusal !== undefined) return { ok: false, failure: refusal }
    const exchange = { url, authentication, credential, identity }
    return settleCircuits(parts, circuits, await exchangeForToken(parts, exchange, signal))
  })
}

interface Circuits {
  readonly credential: string
  readonly request: string
}

const METADATA_CIRCUIT = 'metadata'

async function locateUnlessOpen(parts: ObtainingParts, signal: AbortSignal): Promise<Located> {
  const { metadataBreaker: breaker, clock } = parts
  const refusal = await breaker.refusal([METADATA_CIRCUIT], clock.monotonicMs())
  if (refusal !== undefined) return { ok: false, failure: refusal }
  const located = await parts.locate(signal)
  const circuit = { breaker, about: 'metadata', name: METADATA_CIRCUIT } as const
  if (located.ok) {
    await closeCircuit(parts, circuit)
    return located
  }
  if (!isFinal(located.failure.code)) return located
  return { ok: false, failure: await openCircuit(parts, circuit, located.failure) }
}

type Read =
  | { readonly ok: true; readonly credential: Credential }
  | { readonly ok: false; readonly failure: Failure }

/** What the caller's function failed with may hold anything; its code is all that is kept of it. */
async function readWithinTime(
  { clock, timeoutMs, report }: ObtainingParts,
  { authentication, position }: Attempt,
  signal: AbortSignal,
): Promise<Read> {
  try {
    const read = () => authentication.read()
    return { ok: true, credential: await withinTime(clock, timeoutMs, signal, read) }
  } catch (error) {
    if (signal.aborted) throw error
    const causeCode = systemCodeOf(error)
    report({ type: 'credential_unavailable', position: position + 1, causeCode })
    return { ok: false, failure: { code: 'credential_unavailable', causeCode, asked: false } }
  }
}

/**
 * A refused client opens the circuit of its credential, another final failure that of the request.
 */
async function settleCircuits(
  parts: ObtainingParts,
  circuits: Circuits,
  obtained: Obtained,
): Promise<Obtained> {
  const { breaker } = parts
  if (obtained.ok) {
    parts.trials.accept(circuits.credential)
    await closeCircuit(parts, { breaker, about: 'credential', name: circuits.credential })
    await closeCircuit(parts, { breaker, about: 'request', name: circuits.request })
    return obtained
  }
  const { failure } = obtained
  if (!isFinal(failure.code)) {
    throttleIfAsked(parts, failure)
    return obtained
  }
  const about = credentialCodes.has(failure.code) ? 'credential' : 'request'
  if (about === 'credential') parts.trials.refuse(circuits.credential)
  const circuit = { breaker, about, name: circuits[about] } as const
  return { ...obtained, failure: await openCircuit(parts, circuit, failure) }
}

const credentialCodes: ReadonlySet<FailureCode> = new Set([
  'client_refused',
  'client_not_permitted',
])

/** Whether another credential might not meet it. */
function isAboutCredential({ code }: Failure): boolean {
  return credentialCodes.has(code) || code === 'credential_unavailable'
}

function throttleIfAsked({ throttle, clock }: ObtainingParts, failure: Failure): void {
  if (failure.code !== 'rate_limited' || failure.retryAfterMs === undefined) return
  throttle.pause(failure, clock.monotonicMs() + failure.retryAfterMs)
}

interface Circuit {
  readonly breaker: Breaker
  readonly about: CircuitSubject
  readonly name: string
}

async function openCircuit(
  { clock, report }: ObtainingParts,
  { breaker, about, name }: Circuit,
  failure: Failure,
): Promise<Failure> {
  const opened = await breaker.open(name, failure, clock.monotonicMs())
  report({ type: 'circuit_opened', about, error: new TokenAcquisitionError(opened) })
  return opened
}

async function closeCircuit(
  { report }: ObtainingParts,
  { breaker, about, name }: Circuit,
): Promise<void> {
  if (await breaker.close(name)) report({ type: 'circuit_closed', about })
}
