/**
 * The part of undici's contract between a dispatcher and what it serves, as far as it is used here. Described by its
 * structure, so that any copy and any recent version of undici fits; the tests hold it against the installed one.
 */

/** Header fields of an answer, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request. Whatever else is in it is handed on. */
export interface DispatchOptions {
  readonly origin?: string | URL | undefined
  readonly path: string
  readonly method: string
  readonly body?: unknown
  readonly headers?: unknown
  readonly signal?: unknown
}

/** What controls one answer on its way in. */
export interface DispatchController {
  readonly aborted: boolean
  readonly paused: boolean
  readonly reason: Error | null
  rawHeaders?: unknown
  rawTrailers?: unknown
  abort(reason: Error): void
  pause(): void
  resume(): void
}

/** Who is told of one request and its answer. */
export interface DispatchListener {
  onRequestStart?(controller: DispatchController, context: unknown): void
  onRequestUpgrade?(
    controller: DispatchController,
    status: number,
    headers: AnswerHeaders,
    socket: unknown,
  ): void
  onResponseStart?(
    controller: DispatchController,
    status: number,
    headers: AnswerHeaders,
    statusText?: string,
  ): void
  onResponseData?(controller: DispatchController, chunk: Uint8Array): void
  onResponseEnd?(controller: DispatchController, trailers: unknown): void
  onResponseError?(controller: DispatchController, error: Error): void
  onResponseStarted?(): void
  onBodySent?(chunk: Uint8Array): void
  onRequestSent?(): void
}

/** Sends a request. Gives whether the dispatcher takes more. */
export type Dispatch = (options: DispatchOptions, listener: DispatchListener) => boolean
