/** Answers of the admin port that need no framework: written once, with the headers that every one of them has. */
import type { ServerResponse } from 'node:http'

/** One answer, complete. */
export interface PlainAnswer {
  readonly status: number
  readonly body: string
  /** Default `application/json`. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * What every answer of this port says: keep it nowhere, take it for what it claims to be, show it in no frame, run
 * nothing of it. There is no CORS header, so that no web page reads an answer.
 */
export const protectiveHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** An answer in JSON. */
export function jsonAnswer(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): PlainAnswer {
  return { status, body: JSON.stringify(body), headers }
}

/** A failure in the form of RFC 9457; `title` is a text of ours. */
export function problemAnswer(
  status: number,
  title: string,
  headers: Readonly<Record<string, string>> = {},
): PlainAnswer {
  const body = JSON.stringify({ type: 'about:blank', title, status })
  return { status, body, type: 'application/problem+json', headers }
}

/** Writes `answer`; to a HEAD request without its body. */
export function writeAnswer(
  response: ServerResponse,
  { status, body, type = 'application/json', headers }: PlainAnswer,
  method: string | undefined,
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...protectiveHeaders,
    ...headers,
  })
  response.end(method === 'HEAD' ? undefined : body)
}
