/**
 * Sending to the token endpoint (RFC 6749 sections 3.2 and 4.4.2). This half does I/O and decides
 * nothing; the answer is judged in `token-judgement.ts`.
 */
import { type FormPair, serialiseForm, serialiseJsonParameters } from '@mintmark/protocol'
import { type BoundedText, type Clock, readBoundedText, type Transport } from '@mintmark/runtime'
import type { PresentedCredential } from './client-authentication/client-authentication.ts'
import { tokenResponseBytesMax } from './limits.ts'

/** A token request before it is written. */
export interface OutgoingTokenRequest {
  readonly url: string
  readonly bodyType: 'form' | 'json'
  readonly parameters: readonly FormPair[]
  readonly credential: PresentedCredential
  /** The proof that goes along, where the token is to be bound to a key (RFC 9449 section 5). */
  readonly dpop?: string | undefined
}

/** What came back, read but not judged. */
export interface TokenAnswer {
  readonly status: number
  readonly contentType: string | null
  readonly retryAfter: string | null
  /** The header `DPoP-Nonce`. */
  readonly dpopNonce: string | null
  /** The header `Date`. */
  readonly date: string | null
  readonly body: BoundedText
  /** When the headers arrived: lifetimes count from here. */
  readonly arrivedAtMonotonicMs: number
  readonly arrivedAtWallMs: number
  /** From sending the request to the arrival of the headers. */
  readonly tookMs: number
}

/**
 * Sends one token request and reads the answer, at most 64 KiB of it.
 *
 * Follows no redirect. Rejects with whatever the transport rejects with. Puts no bound on the time.
 */
export async function sendTokenRequest(
  transport: Transport,
  clock: Clock,
  request: OutgoingTokenRequest,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const sentAtMonotonicMs = clock.monotonicMs()
  const response = await transport(request.url, requestInit(request, signal))
  const arrivedAtMonotonicMs = clock.monotonicMs()
  const arrivedAtWallMs = clock.wallMs()
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    dpopNonce: response.headers.get('dpop-nonce'),
    date: response.headers.get('date'),
    body: await readBoundedText(response, tokenResponseBytesMax),
    arrivedAtMonotonicMs,
    arrivedAtWallMs,
    tookMs: arrivedAtMonotonicMs - sentAtMonotonicMs,
  }
}

function requestInit(request: OutgoingTokenRequest, signal: AbortSignal): RequestInit {
  const { bodyType, credential, dpop } = request
  const pairs = [...request.parameters, ...credential.parameters]
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': bodyType === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
  }
  if (credential.authorization !== undefined) headers.authorization = credential.authorization
  if (dpop !== undefined) headers.dpop = dpop
  return {
    method: 'POST',
    headers,
    body: bodyType === 'json' ? serialiseJsonParameters(pairs) : serialiseForm(pairs),
    redirect: 'manual',
    signal,
  }
}
