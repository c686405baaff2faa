/**
 * One request for a revocation feed, and what came of it. Sends, and judges the answer as HTTP; nothing is verified.
 */
import { discardBody, readBoundedText, type Transport } from '@mintmark/runtime'
import { entityTagLengthMax, feedBytesMax } from '../limits.ts'
import { retryAfterSeconds } from '../retry-after.ts'

/** Why a request brought no answer to work with. */
export type FeedFetchFailure =
  | 'unreachable'
  | 'redirected'
  | 'status_not_ok'
  | 'body_too_large'
  | 'not_utf8'

/** What a request for a feed brought. */
export type FetchedFeed =
  | {
      readonly answer: 'document'
      readonly document: string
      readonly entityTag: string | undefined
    }
  /** What the request knew already is still the last. */
  | { readonly answer: 'unchanged' }
  | {
      readonly answer: 'failed'
      readonly failure: FeedFetchFailure
      /** What the answer asked for; 0 when it asked for nothing. */
      readonly retryAfterSeconds: number
    }

/** What is known before a request. */
export interface FeedQuestion {
  /** The entity tag of the document in hand. */
  readonly entityTag: string | undefined
  /** How long the issuer may wait for news, in seconds; 0 to be answered at once. */
  readonly waitSeconds: number
  /** For a `Retry-After` that is a date. */
  readonly nowWallMs: number
}

/**
 * Asks for a feed. Never rejects. Refuses every status but 200 and, for who has a document in hand, 304; redirects; and
 * more than 8 MiB. Bounds no time: `signal` does, as far as the transport cares about signals.
 */
export async function fetchFeed(
  url: string,
  { entityTag, waitSeconds, nowWallMs }: FeedQuestion,
  transport: Transport,
  signal: AbortSignal,
): Promise<FetchedFeed> {
  try {
    const response = await transport(url, {
      headers: {
        accept: 'application/vnd.mintmark.revocations, */*;q=0.1',
        ...(entityTag === undefined ? {} : { 'if-none-match': entityTag }),
        ...(waitSeconds === 0 ? {} : { prefer: `wait=${waitSeconds}` }),
      },
      redirect: 'manual',
      signal,
    })
    return await judge(response, entityTag !== undefined, nowWallMs)
  } catch {
    return failed('unreachable')
  }
}

async function judge(
  response: Response,
  hasDocument: boolean,
  nowWallMs: number,
): Promise<FetchedFeed> {
  const { status } = response
  if (status !== 200 || response.redirected) {
    await discardBody(response)
    if (status === 304 && hasDocument) return { answer: 'unchanged' }
    return failed(
      isRedirect(response) ? 'redirected' : 'status_not_ok',
      retryAfterSeconds(response.headers, nowWallMs),
    )
  }
  const body = await readBoundedText(response, feedBytesMax)
  if (!body.ok) return failed(body.violation)
  return { answer: 'document', document: body.text, entityTag: entityTagOf(response.headers) }
}

/** Sent back as it came, so only if it has the form of one (RFC 9110 section 8.8.3). */
function entityTagOf(headers: Headers): string | undefined {
  const tag = headers.get('etag')
  if (tag === null || tag.length > entityTagLengthMax) return undefined
  return /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(tag) ? tag : undefined
}

function isRedirect({ redirected, status, type }: Response): boolean {
  return (
    redirected || type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)
  )
}

function failed(failure: FeedFetchFailure, seconds = 0): FetchedFeed {
  return { answer: 'failed', failure, retryAfterSeconds: seconds }
}
