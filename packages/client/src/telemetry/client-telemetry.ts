/**
 * Metrics and spans for OpenTelemetry, made of a client's events. This package depends on the types of its API only:
 * whoever uses this brings meter and tracer along. `docs/telemetry.md` lists what there is.
 *
 * Invariants
 *  (1) What is recorded is a number, or a text from a fixed list, or a fingerprint, or the scope that the caller itself
 *      asked for; and the caller's own `attributes`. No token, no secret, no URL, nothing from the wire.
 *  (2) Attributes of metrics come from fixed lists alone: their number does not grow with tokens or scopes.
 */
import { type Clock, type Observer, systemClock } from '@mintmark/runtime'
import type { Attributes, Meter, Tracer } from '@opentelemetry/api'
import type { TokenClientEvent } from '../events.ts'
import { type WatchedClient, watchClient } from './client-gauges.ts'
import { recordMetrics } from './event-metrics.ts'
import { recordSpans } from './token-request-spans.ts'

export type { WatchedClient }

/** The options of {@link clientTelemetry}. */
export interface ClientTelemetryOptions {
  /** What makes the instruments. Default: no metrics. */
  readonly meter?: Meter
  /** What makes the spans. Default: no spans. */
  readonly tracer?: Tracer
  /** Put on every measurement and span, to tell several clients of a process apart. Default: none. */
  readonly attributes?: Attributes
  /** Default: the machine's. */
  readonly clock?: Clock
}

/** What connects a client with OpenTelemetry. */
export interface ClientTelemetry {
  /** For the client's option `observer`. */
  readonly observer: Observer<TokenClientEvent>
  /**
   * Reports the state of a client whenever metrics are collected. Keeps the client in memory until the returned
   * function is called.
   */
  readonly watch: (client: WatchedClient) => () => void
}

/**
 * Makes the observer and the gauges for one client. With neither a meter nor a tracer it does nothing.
 *
 * One for each client, or one with shared figures for several.
 */
export function clientTelemetry(options: ClientTelemetryOptions): ClientTelemetry {
  const { meter, tracer, attributes = {}, clock = systemClock } = options
  const observers: Observer<TokenClientEvent>[] = []
  if (meter !== undefined) observers.push(recordMetrics(meter, attributes))
  if (tracer !== undefined) observers.push(recordSpans(tracer, attributes, clock))
  return {
    observer: (event) => {
      for (const observe of observers) observe(event)
    },
    watch: (client) =>
      meter === undefined ? () => undefined : watchClient(meter, attributes, client),
  }
}
