/**
 * One credential, one token request and its answer, judged (RFC 6749 sections 4.4.2 and 5). A second
 * request follows where the first was refused for the time it was made at, or for a nonce that it lacked
 * (RFC 9449 section 8).
 */
import { type TokenErrorLeniency, tokenRequestPairs } from '@mintmark/protocol'
import type { Clock, Transport } from '@mintmark/runtime'
import type { AssertionDefaults } from './client-authentication/assertion-options.ts'
import type {
  ClientAuthentication,
  Credential,
  PresentedCredential,
} from './client-authentication/client-authentication.ts'
import { labelOf } from './events.ts'
import type { Failure } from './failure.ts'
import { type GrantParts, judgeGrant, type Obtained, requestsOf } from './granted-token.ts'
import { networkFailure } from './network-failure.ts'
import type { SenderBinding } from './sender-binding/sender-binding.ts'
import type { ServerClock } from './server-clock.ts'
import { TimeLimitExceeded, withinTime } from './time-limit.ts'
import { sendTokenRequest, type TokenAnswer } from './token-endpoint.ts'
import { judgeTokenAnswer } from './token-judgement.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'

/** What an exchange needs, the same for all exchanges of a client. */
export interface ExchangeParts extends GrantParts {
  readonly clientId: string
  /** `undefined` when the client knows nothing but the token endpoint. */
  readonly issuer: string | undefined
  /** What this server is known to want of assertions. */
  readonly assertionDefaults: AssertionDefaults
  /** How the errors of this server differ from the standard. */
  readonly errorLeniency: TokenErrorLeniency
  /** What binds tokens to this client; `undefined` for Bearer tokens. */
  readonly binding: SenderBinding | undefined
  readonly serverClock: ServerClock
  readonly clock: Clock
  readonly transport: Transport
  readonly timeoutMs: number
  /** Counts a request that is about to be sent, and gives the failure with which it is refused. */
  readonly mint?: (() => Promise<Failure | undefined>) | undefined
}

/** What is asked for, where, and by whom. */
export interface Exchange {
  readonly url: string
  readonly authentication: ClientAuthentication
  readonly credential: Credential
  readonly identity: TokenRequestIdentity
}

/**
 * Sends a token request and judges the answer. Failures of the world are values; rejects only for a
 * bug, or with the reason of its signal.
 */
export async function exchangeForToken(
  parts: ExchangeParts,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Obtained> {
  const { serverClock, mint } = parts
  const refusal = await mint?.()
  if (refusal !== undefined) return { ok: false, failure: refusal }
  const first = await exchangeWithNonce(parts, exchange, signal)
  const isTimeBound = exchange.authentication.isTimeBound || parts.binding !== undefined
  if (first.correctedSkewMs === undefined || !isTimeBound) return first.obtained
  const previousSkewMs = serverClock.skewMs
  serverClock.use(first.correctedSkewMs)
  const { obtained } = await exchangeWithNonce(parts, exchange, signal)
  if (!obtained.ok) serverClock.use(previousSkewMs)
  return { ...obtained, requests: requestsOf(first.obtained) + requestsOf(obtained) }
}

interface Judged {
  readonly obtained: Obtained
  /** Set where the time may be the reason of a refusal. */
  readonly correctedSkewMs?: number | undefined
  /** Whether all that was missing is a nonce, and there is one now. */
  readonly lacksNonce?: boolean
}

/** Sends the request again, once, with the nonce that the server asked for. */
async function exchangeWithNonce(
  parts: ExchangeParts,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Judged> {
  const first = await exchangeAndJudge(parts, exchange, signal)
  if (first.lacksNonce !== true) return first
  const request = labelOf(exchange.identity)
  parts.report({ type: 'nonce_requested', request, by: 'authorization_server' })
  const second = await exchangeAndJudge(parts, exchange, signal)
  const requests = requestsOf(first.obtained) + requestsOf(second.obtained)
  return { ...second, obtained: { ...second.obtained, requests } }
}

async function exchangeAndJudge(
  parts: ExchangeParts,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Judged> {
  const exchanged = await exchangeWithinTime(parts, exchange, signal)
  if (!exchanged.ok) return { obtained: exchanged }
  const answer = exchanged.value
  const correctedSkewMs = parts.serverClock.correctionBy(answer)
  const hasNonce = parts.binding?.learnNonce(new URL(exchange.url), answer.dpopNonce) === true
  const judgement = judgeTokenAnswer(answer, parts.errorLeniency)
  if (judgement.ok) {
    return { obtained: await judgeGrant(parts, exchange.identity, judgement.response, answer) }
  }
  const { failure } = judgement
  if (failure.code === 'client_refused') tellOfDoubtfulEncoding(parts, exchange)
  const isAboutTime = timeErrors.has(failure.oauthError ?? '') || failure.httpStatus === 401
  return {
    obtained: judgement,
    correctedSkewMs: isAboutTime ? correctedSkewMs : undefined,
    lacksNonce: hasNonce && failure.oauthError === 'use_dpop_nonce',
  }
}

/** What servers answer to an assertion or proof from another time. */
const timeErrors: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_grant',
  'invalid_dpop_proof',
])

async function exchangeWithinTime(
  parts: ExchangeParts,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<{ ok: true; value: TokenAnswer } | { ok: false; failure: Failure }> {
  try {
    const value = await withinTime(parts.clock, parts.timeoutMs, signal, (limited) =>
      exchangeOnce(parts, exchange, limited),
    )
    return { ok: true, value }
  } catch (error) {
    if (signal.aborted) throw error
    return { ok: false, failure: exchangeFailure(error) }
  }
}

/** Everything that may not be sent twice is built here, for this one request. */
async function exchangeOnce(
  parts: ExchangeParts,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const { url, authentication, identity } = exchange
  const { extraParameters: extra, ...wanted } = identity
  const request = {
    url,
    bodyType: authentication.bodyType,
    parameters: tokenRequestPairs({ ...wanted, extra }),
    credential: await present(parts, exchange),
    dpop: await prove(parts, exchange),
  }
  parts.report({ type: 'token_requested', request: labelOf(identity) })
  return sendTokenRequest(parts.transport, parts.clock, request, signal)
}

/**
 * The credential, or the key of the binding, cannot be turned into a request. Carries nothing of why:
 * that may hold anything.
 */
class CredentialUnusable extends Error {
  override readonly name = 'CredentialUnusable'
}

async function present(
  { clientId, issuer, assertionDefaults, random, serverClock }: ExchangeParts,
  { url, credential }: Exchange,
): Promise<PresentedCredential> {
  const nowWallMs = serverClock.nowWallMs()
  const audience = issuer ?? url
  try {
    return await credential.present({
      ...{ clientId, audience, tokenEndpoint: url, nowWallMs, random, assertionDefaults },
    })
  } catch {
    throw new CredentialUnusable()
  }
}

/** The proof for the request; `undefined` where Bearer tokens are asked for. */
async function prove({ binding }: ExchangeParts, { url }: Exchange): Promise<string | undefined> {
  try {
    return await binding?.prove({ method: 'POST', url: new URL(url), token: undefined })
  } catch {
    throw new CredentialUnusable()
  }
}

function exchangeFailure(error: unknown): Failure {
  if (error instanceof TimeLimitExceeded) return { code: 'timed_out' }
  if (error instanceof CredentialUnusable) return { code: 'credential_unavailable', asked: false }
  return networkFailure(error)
}

function tellOfDoubtfulEncoding(
  { told, report, clientId }: ExchangeParts,
  { credential }: Exchange,
): void {
  if (told.basicEncoding || credential.isEncodingDoubtful?.(clientId) !== true) return
  told.basicEncoding = true
  report({ type: 'basic_encoding_suspected' })
}
