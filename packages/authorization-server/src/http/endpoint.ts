/** What an endpoint gets and gives, whichever HTTP implementation is around it. */

/** One request, read to its end. */
export interface EndpointRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly target: string
  readonly authorization: HeaderValue
  readonly contentType: string | undefined
  /** The body as UTF-8 text, or why there is none. */
  readonly body: RequestBody
  /** The address of the other end of the connection, which may be a proxy; `undefined` where nobody knows. */
  readonly remoteAddress: string | undefined
  /** Any other header, by its name in lower case. */
  header(name: string): HeaderValue
  /** The values of a header that may come more than once, in the order in which they came. */
  headerLines(name: string): readonly string[]
  /** The certificate that the other end of the connection has shown; `undefined` without TLS or without one. */
  certificate(): PeerCertificate | undefined
}

/** The value of a header; {@link severalHeaders} where it came more than once, which is never acceptable here. */
export type HeaderValue = string | undefined | typeof severalHeaders

/** Stands for more than one header of a name. */
export const severalHeaders: unique symbol = Symbol('several headers')

/** The body of a request as text, or why it cannot be had. */
export type RequestBody =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false
      readonly violation:
        | 'body_too_large'
        | 'body_malformed'
        | 'body_already_read'
        | 'content_coding_not_supported'
    }

/** A certificate as TLS saw it. That the other end has its private key is certain. */
export interface PeerCertificate {
  /** The certificate itself, DER-encoded (RFC 5280). */
  readonly der: Uint8Array
  /** Whether it leads to a certificate authority that the server was told to trust. */
  readonly isTrusted: boolean
}

/** One answer, complete. */
export interface EndpointResponse {
  readonly status: number
  /** Names and values in turn, in the form that `node:http` writes fastest. */
  readonly headers: readonly string[]
  /** ASCII, so that its length is its size in bytes. */
  readonly body: string
}

/** Answers exactly once, at once or later. A callback rather than a promise: the token endpoint counts microseconds. */
export interface Endpoint {
  (request: EndpointRequest, answer: (response: EndpointResponse) => void): void
  /** Asked before a body is read: the answer to a request for which there is no room now. */
  readonly withoutRoom?: () => EndpointResponse | undefined
}
