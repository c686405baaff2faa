/**
 * What stands between the answer to one sending and the listener: everything passes, but a 401 waits until it is
 * decided whether the request is sent again.
 *
 * Invariants
 *  (1) An answer that needs no decision is handed on in the same turn, call by call.
 *  (2) An answer that waits is paused; what arrives all the same is kept, in order.
 *  (3) An answer that is replaced is read to its end, so that its connection stays in use, unless it is long.
 */
import type { MaybePromise } from '@mintmark/jwt'
import { discardedBytesMax } from '../../limits.ts'
import type { Authorization } from '../../request-authorizer.ts'
import { resourceAnswer } from '../resource-answer.ts'
import type { AnswerHeaders, DispatchController, DispatchListener } from './dispatch.ts'
import { answeredUrl } from './dispatched-request.ts'
import type { Exchange } from './exchange.ts'

/** An answer that waits. */
interface HeldAnswer {
  readonly controller: DispatchController
  readonly status: number
  readonly headers: AnswerHeaders
  readonly statusText: string | undefined
  readonly chunks: Uint8Array[]
  end: { readonly trailers: unknown } | undefined
}

/** See the file. */
export class AnswerGate implements DispatchListener {
  readonly #exchange: Exchange
  readonly #authorization: Authorization
  #context: unknown
  #held: HeldAnswer | undefined
  #discardedBytes: number | undefined

  constructor(exchange: Exchange, authorization: Authorization) {
    this.#exchange = exchange
    this.#authorization = authorization
  }

  onRequestStart(controller: DispatchController, context: unknown): void {
    this.#context = context
    this.#exchange.start(controller, context)
  }

  onRequestUpgrade(
    _controller: DispatchController,
    status: number,
    headers: AnswerHeaders,
    socket: unknown,
  ): void {
    const exchange = this.#exchange
    exchange.listener.onRequestUpgrade?.(exchange, status, headers, socket)
    exchange.end()
  }

  onResponseStart(
    controller: DispatchController,
    status: number,
    headers: AnswerHeaders,
    statusText?: string,
  ): void {
    const exchange = this.#exchange
    const next = status < 200 ? undefined : this.#judge(status, headers)
    if (next === undefined) {
      exchange.listener.onResponseStart?.(exchange, status, headers, statusText)
      return
    }
    controller.pause()
    exchange.hold()
    this.#held = { controller, status, headers, statusText, chunks: [], end: undefined }
    void this.#decide(next)
  }

  onResponseData(controller: DispatchController, chunk: Uint8Array): void {
    if (this.#discardedBytes !== undefined) {
      this.#discardedBytes += chunk.byteLength
      if (this.#discardedBytes > discardedBytesMax) controller.abort(new Error('not wanted'))
    } else if (this.#held === undefined) {
      this.#exchange.listener.onResponseData?.(this.#exchange, chunk)
    } else {
      this.#held.chunks.push(chunk)
    }
  }

  onResponseEnd(_controller: DispatchController, trailers: unknown): void {
    if (this.#discardedBytes !== undefined) return
    if (this.#held !== undefined) this.#held.end = { trailers }
    else this.#end(trailers)
  }

  onResponseError(_controller: DispatchController, error: Error): void {
    if (this.#discardedBytes === undefined) this.#exchange.fail(error)
  }

  onResponseStarted(): void {
    this.#exchange.listener.onResponseStarted?.()
  }

  onBodySent(chunk: Uint8Array): void {
    this.#exchange.listener.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#exchange.listener.onRequestSent?.()
  }

  #end(trailers: unknown): void {
    const exchange = this.#exchange
    exchange.listener.onResponseEnd?.(exchange, trailers)
    exchange.end()
  }

  #judge(status: number, headers: AnswerHeaders): MaybePromise<Authorization | undefined> {
    const url = status === 401 ? answeredUrl(this.#context) : undefined
    return this.#exchange.judge(this.#authorization, resourceAnswer(status, headers, url))
  }

  async #decide(next: MaybePromise<Authorization | undefined>): Promise<void> {
    const exchange = this.#exchange
    try {
      const authorization = await next
      const held = this.#held
      if (held === undefined || exchange.isOver) return
      this.#held = undefined
      if (authorization === undefined) return this.#handOver(held)
      this.#discardedBytes = 0
      held.controller.resume()
      exchange.send(authorization)
    } catch (error) {
      this.#held?.controller.abort(error as Error)
      exchange.fail(error as Error)
    }
  }

  #handOver({ controller, status, headers, statusText, chunks, end }: HeldAnswer): void {
    const exchange = this.#exchange
    exchange.release()
    try {
      exchange.listener.onResponseStart?.(exchange, status, headers, statusText)
      for (const chunk of chunks) exchange.listener.onResponseData?.(exchange, chunk)
      if (end !== undefined) this.#end(end.trailers)
      else if (!exchange.paused) controller.resume()
    } catch (error) {
      // As undici does where a listener throws.
      controller.abort(error as Error)
      exchange.fail(error as Error)
    }
  }
}
