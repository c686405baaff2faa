/**
 * One request through a dispatcher, sent once or several times, and the one controller that its listener gets for it.
 *
 * Invariants
 *  (1) The listener is told of one answer, and of one end: that of the answer, or an error.
 *  (2) An abort is heard at once, also while no request is under way: between a refused answer and the next sending.
 *  (3) What is over holds nothing: the stream that a caller gets as body keeps its controller long after the end.
 *
 * It describes itself to the client, because one object per request is what the speed of undici leaves room for.
 */
import type { MaybePromise } from '@mintmark/jwt'
import { isReplayableBody } from '../../replayable-body.ts'
import type { Authorization, RequestToAuthorize, ResourceAnswer } from '../../request-authorizer.ts'
import type { TokenClient } from '../../token-client.ts'
import { hasIdempotencyKey } from '../replaced-headers.ts'
import { AnswerGate } from './answer-gate.ts'
import { authorizedHeaders, headerNames } from './authorized-headers.ts'
import type { Dispatch, DispatchController, DispatchListener, DispatchOptions } from './dispatch.ts'
import { originOf, urlOf } from './dispatched-request.ts'
import type { Exchange } from './exchange.ts'

/** See the file. */
export class AuthorizedDispatch implements Exchange {
  readonly #client: Pick<TokenClient, 'authorize' | 'reauthorize'>
  readonly #dispatch: Dispatch
  #options: DispatchOptions
  #listener: DispatchListener
  #target: DispatchController | undefined
  #abortReason: Error | undefined
  #isBetween = false
  #isPaused = false
  #isOver = false

  constructor(
    client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
    dispatch: Dispatch,
    options: DispatchOptions,
    listener: DispatchListener,
  ) {
    this.#client = client
    this.#dispatch = dispatch
    this.#options = options
    this.#listener = listener
  }

  /** See `TokenClient.authorize`. */
  authorize(): MaybePromise<Authorization> {
    return this.#client.authorize(this as RequestToAuthorize)
  }

  judge(sent: Authorization, answer: ResourceAnswer): MaybePromise<Authorization | undefined> {
    return this.#client.reauthorize(this as RequestToAuthorize, sent, answer)
  }

  get origin(): string {
    return originOf(this.#options)
  }

  get url(): string {
    return urlOf(this.#options)
  }

  get method(): string {
    return this.#options.method
  }

  get isReplayable(): boolean {
    return isReplayableBody(this.#options.body)
  }

  get hasIdempotencyKey(): boolean {
    return hasIdempotencyKey(headerNames(this.#options.headers))
  }

  get signal(): AbortSignal | undefined {
    const { signal } = this.#options
    return signal instanceof AbortSignal ? signal : undefined
  }

  get listener(): DispatchListener {
    return this.#listener
  }

  get isOver(): boolean {
    return this.#isOver
  }

  send(authorization: Authorization): boolean {
    const headers = authorizedHeaders(this.#options.headers, authorization.headers)
    return this.#dispatch({ ...this.#options, headers }, new AnswerGate(this, authorization))
  }

  start(target: DispatchController, context: unknown): void {
    if (this.#isOver) {
      // Nothing but an abort ends it between two sendings.
      target.abort(this.#abortReason as Error)
      return
    }
    this.#target = target
    this.#isBetween = false
    this.#listener.onRequestStart?.(this, context)
  }

  hold(): void {
    this.#isBetween = true
  }

  release(): void {
    this.#isBetween = false
  }

  end(): void {
    this.#isOver = true
    this.#target = undefined
    this.#listener = NOBODY
    this.#options = NOTHING
  }

  fail(error: Error): void {
    if (this.#isOver) return
    const listener = this.#listener
    this.#isOver = true
    this.#listener = NOBODY
    this.#options = NOTHING
    listener.onResponseError?.(this, error)
  }

  get paused(): boolean {
    return this.#isPaused
  }

  get aborted(): boolean {
    return this.#abortReason !== undefined || this.#target?.aborted === true
  }

  get reason(): Error | null {
    return this.#abortReason ?? this.#target?.reason ?? null
  }

  get rawHeaders(): unknown {
    return this.#target?.rawHeaders
  }

  set rawHeaders(headers: unknown) {
    if (this.#target !== undefined) this.#target.rawHeaders = headers
  }

  get rawTrailers(): unknown {
    return this.#target?.rawTrailers
  }

  set rawTrailers(trailers: unknown) {
    if (this.#target !== undefined) this.#target.rawTrailers = trailers
  }

  pause(): void {
    this.#isPaused = true
    this.#target?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#target?.resume()
  }

  abort(reason: Error): void {
    this.#abortReason ??= reason ?? new DOMException('This operation was aborted', 'AbortError')
    this.#target?.abort(reason)
    if (this.#isBetween) this.fail(this.#abortReason)
  }
}

const NOBODY: DispatchListener = Object.freeze({})
const NOTHING: DispatchOptions = Object.freeze({ path: '', method: '' })
