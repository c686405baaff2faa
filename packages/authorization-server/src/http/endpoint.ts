/** What an endpoint gets and gives, whichever HTTP implementation is around it. */

/** One request, read to its end. */
export interface EndpointRequest {
  readonly method: string
  /** The `Authorization` header; `'several'` stands for more than one, which is never acceptable. */
  readonly authorization: string | undefined | typeof severalHeaders
  readonly contentType: string | undefined
  /** The body as UTF-8 text, or why there is none. */
  readonly body: RequestBody
}

/** Stands for more than one `Authorization` header. */
export const severalHeaders: unique symbol = Symbol('several Authorization headers')

/** The body of a request as text, or why it cannot be had. */
export type RequestBody =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly violation: 'body_too_large' | 'body_malformed' }

/** One answer, complete. */
export interface EndpointResponse {
  readonly status: number
  /** Names and values in turn, in the form that `node:http` writes fastest. */
  readonly headers: readonly string[]
  /** ASCII, so that its length is its size in bytes. */
  readonly body: string
}

/** Answers exactly once, at once or later. A callback rather than a promise: the token endpoint counts microseconds. */
export type Endpoint = (
  request: EndpointRequest,
  answer: (response: EndpointResponse) => void,
) => void
