/**
 * One span for each token request, made when it has ended. A request that a caller waits for belongs to that caller's
 * trace; a renewal in the background is a trace of its own, because the call that happened to set it off did not wait
 * for it.
 */
import type { Clock, Observer } from '@mintmark/runtime'
import type { Attributes, SpanKind, SpanStatusCode, Tracer } from '@opentelemetry/api'
import type { TokenClientEvent } from '../events.ts'
import { isTokenRequestEnd, spanAttributes } from './event-attributes.ts'

// The enumerations of the API are code, and this package loads none of it.
const CLIENT: SpanKind.CLIENT = 2
const ERROR: SpanStatusCode.ERROR = 2

/** Makes the observer that records spans. */
export function recordSpans(
  tracer: Tracer,
  attributes: Attributes,
  clock: Clock,
): Observer<TokenClientEvent> {
  return (event) => {
    if (!isTokenRequestEnd(event)) return
    const endedAtWallMs = clock.wallMs()
    const span = tracer.startSpan('token request', {
      kind: CLIENT,
      root: event.trigger === 'due',
      startTime: endedAtWallMs - event.durationMs,
      attributes: { ...attributes, ...spanAttributes(event) },
    })
    if (event.type === 'token_request_failed') span.setStatus({ code: ERROR })
    span.end(endedAtWallMs)
  }
}
