/** The answers of the API: JSON documents, and problem documents (RFC 9457) for all that is not as it should be. */
import type { ServerResponse } from 'node:http'

/** Header fields by name. */
export type Fields = Readonly<Record<string, string>>

/** Answers with a document. */
export function answer(
  response: ServerResponse,
  status: number,
  document: object,
  fields: Fields = {},
): void {
  send(response, status, document, { ...fields, 'content-type': 'application/json' })
}

/**
 * Answers with a problem of a general kind: its status says what it is (RFC 9457 section 4.2.1).
 *
 * @param more - Members beside `title` and `status`.
 */
export function problem(
  response: ServerResponse,
  status: number,
  title: string,
  more: object = {},
  fields: Fields = {},
): void {
  const document = { type: 'about:blank', title, status, ...more }
  send(response, status, document, { ...fields, 'content-type': 'application/problem+json' })
}

function send(response: ServerResponse, status: number, document: object, fields: Fields): void {
  response.writeHead(status, {
    ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    ...fields,
  })
  response.end(`${JSON.stringify(document)}\n`)
}
