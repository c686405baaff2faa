/** How cases of hostile requests are written down, and the pieces that they are made of. */

/** What a server of the test is known by. */
export interface Target {
  readonly id: string
  readonly secret: string
  /** `Basic ...` of the two. */
  readonly basic: string
}

/** What is sent, and what has to come back. */
export interface HostileRequest {
  /** Completes the sentence `answers ...`. */
  readonly title: string
  /** The octets as Latin-1, in pieces that are sent one after the other. */
  readonly send: (target: Target) => string | readonly string[]
  /** The statuses of the answers, in order. */
  readonly statuses: readonly number[]
  /**
   * What becomes of the connection: it goes on with a good request (`open`), the server closes it (`closed`), or
   * whoever sent the request leaves without waiting for an answer (`left`).
   */
  readonly ending: 'open' | 'closed' | 'left'
  /** The `error` of the last answer, where it matters. */
  readonly error?: string
  /** Of the request that is answered; default `POST`. */
  readonly method?: string
}

/** Text that must not come back, whatever happens to it. */
export const MARKER = 'mArKeR7f3a'

/** The path of the token endpoint. */
export const TOKEN_PATH = '/oauth/token'

/** The request line of a token request. */
export const LINE = `POST ${TOKEN_PATH} HTTP/1.1`

/** The header that every request of HTTP/1.1 has. */
export const HOST = 'Host: issuer.example'

/** The media type of a token request. */
export const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded'

/** A body that gets a token. */
export const GRANT = 'grant_type=client_credentials'

/** The lines of a request, before the empty one. */
export function head(requestLine: string, ...headers: readonly string[]): string {
  return [requestLine, ...headers, '', ''].join('\r\n')
}

/** Headers of a good token request with that many octets of body. */
export function goodHeaders(target: Target, length = GRANT.length): readonly string[] {
  return [HOST, `Authorization: ${target.basic}`, FORM_TYPE, `Content-Length: ${length}`]
}

/** A token request as it should be. */
export function goodRequest(target: Target): string {
  return head(LINE, ...goodHeaders(target)) + GRANT
}

/** A good token request with more headers. */
export function withHeaders(...more: readonly string[]): HostileRequest['send'] {
  return (target) => head(LINE, ...goodHeaders(target), ...more) + GRANT
}

/** A token request whose headers are these alone, with a length that is right. */
export function withOnly(headers: readonly string[], body: string = GRANT): string {
  const lines = [...headers, `Content-Length: ${body.length}`]
  return head(LINE, HOST, ...lines) + body
}

/** A good client's token request with another body, as a form unless said otherwise. */
export function withBody(body: string, type: string = FORM_TYPE): HostileRequest['send'] {
  return ({ basic }) => withOnly([`Authorization: ${basic}`, type], body)
}

/** A token request of anybody, with a form of its own as body. */
export function withForm(body: string, ...headers: readonly string[]): string {
  return withOnly([...headers, FORM_TYPE], body)
}

/** A good client's request with a JSON body. */
export function withJson(body: string): HostileRequest['send'] {
  return withBody(body, 'Content-Type: application/json')
}

/** The octets of a text in UTF-8, each as one character. */
export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** Basic credentials of any octets. */
export function basicOf(octets: string): string {
  return `Basic ${Buffer.from(octets, 'latin1').toString('base64')}`
}

type Send = HostileRequest['send']

/** A request with that answer, after which the connection goes on. */
export function answered(status: number, title: string, send: Send): HostileRequest {
  return { title, send, statuses: [status], ending: 'open' }
}

/** A request with that answer, after which the server closes the connection. */
export function closed(status: number, title: string, send: Send): HostileRequest {
  return { title, send, statuses: [status], ending: 'closed' }
}

/** A request that an endpoint refuses with that `error`. */
export function refused(status: number, error: string, title: string, send: Send): HostileRequest {
  return { ...answered(status, title, send), error }
}

/** A text as it stands in a title. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text)
}
