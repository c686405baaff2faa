/** Refusals for reasons that are not about a token: fixed text, no challenge, nothing of what was sent. */
import type { Field } from './identity-headers.ts'
import type { RequestViolation } from './request-violation.ts'

/** Why a request is refused without, or in spite of, a good token. */
export type OwnRefusalCode =
  | RequestViolation
  /** The proxy's configuration asks for something that is not understood. */
  | 'target_malformed'
  /** A claim does not fit into a header field. */
  | 'identity_too_long'
  /** Something that should not happen did. */
  | 'internal'

/** A complete answer that admits nobody. */
export interface RefusedAnswer {
  readonly status: number
  /** Stable, for logs and metrics. */
  readonly code: string
  readonly fields: readonly Field[]
  /** ASCII. */
  readonly body: string
}

/** The answer for `code`. */
export function ownRefusal(code: OwnRefusalCode): RefusedAnswer {
  switch (code) {
    case 'identity_header':
      return refused(400, code, 'A header field of the request is for the proxy to set')
    case 'aliased_header':
      return refused(400, code, 'The name of a header field can be mistaken for another one')
    case 'hidden_header':
      return refused(400, code, 'The Connection field names a field that is for everybody')
    case 'repeated_header':
      return refused(400, code, 'A header field is there more than once')
    case 'identity_too_long':
      return refused(403, code, 'The identity in the access token cannot be passed on')
    case 'target_malformed':
      return refused(500, code, 'The proxy is configured wrongly')
    case 'internal':
      return refused(500, code, 'The request could not be judged')
  }
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  403: 'access_denied',
  500: 'server_error',
}

function refused(status: number, code: OwnRefusalCode, description: string): RefusedAnswer {
  const body = JSON.stringify({ error: ERRORS[status], error_description: description })
  const fields: readonly Field[] = [
    ['cache-control', 'no-store'],
    ['content-type', 'application/json'],
  ]
  return { status, code, fields, body }
}
