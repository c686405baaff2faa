/**
 * Metrics and spans for OpenTelemetry. This package depends on the types of its API only: whoever uses this brings
 * meter and tracer along. `docs/server-telemetry.md` lists what there is.
 *
 * Invariants
 *  (1) Metrics are read off the server's report when they are collected; between collections nothing runs.
 *  (2) What is recorded is a number, or a text from a fixed list, or the caller's own `attributes`: no client, no
 *      token, no path, nothing that was sent.
 */
import { type Clock, systemClock } from '@mintmark/runtime'
import type {
  Attributes,
  BatchObservableResult,
  Meter,
  Observable,
  SpanKind,
  SpanStatusCode,
  Tracer,
} from '@opentelemetry/api'
import type { NodeListener } from '../http/node-listener.ts'
import { type Metric, metricTable } from './metric-table.ts'
import type { ServerReport } from './server-report.ts'

/** What is read of a server. */
export interface WatchedServer {
  report(): ServerReport
}

/** The options of {@link serverTelemetry}. */
export interface ServerOpenTelemetryOptions {
  /** What makes the instruments. Default: no metrics. */
  readonly meter?: Meter
  /** What makes the spans. Default: no spans. */
  readonly tracer?: Tracer
  /** Put on every measurement and span. Default: none. */
  readonly attributes?: Attributes
  /** Default: the machine's. */
  readonly clock?: Clock
}

/** What connects a server with OpenTelemetry. */
export interface ServerOpenTelemetry {
  /** Reports the state of a server whenever metrics are collected, until the returned function is called. */
  readonly watch: (server: WatchedServer) => () => void
  /**
   * Makes a span of every request that goes through `listener`, below the active one if there is any. Costs some
   * microseconds for each; without a tracer it gives back `listener` itself.
   */
  readonly traced: (listener: NodeListener) => NodeListener
}

/** Makes what connects one server. With neither a meter nor a tracer it does nothing. */
export function serverTelemetry(options: ServerOpenTelemetryOptions): ServerOpenTelemetry {
  const { meter, tracer, attributes = {}, clock = systemClock } = options
  return {
    watch: (server) => (meter === undefined ? () => undefined : watched(meter, attributes, server)),
    traced: (listener) =>
      tracer === undefined ? listener : tracedListener(listener, tracer, attributes, clock),
  }
}

function watched(meter: Meter, attributes: Attributes, server: WatchedServer): () => void {
  const instruments = metricTable.map((metric) => [metric, instrument(meter, metric)] as const)
  const observables = instruments.map(([, made]) => made)
  const observe = (result: BatchObservableResult): void => {
    const report = server.report()
    for (const [metric, made] of instruments) {
      for (const { labels, value } of metric.read(report)) {
        result.observe(made, value, { ...attributes, ...attributesOf(labels) })
      }
    }
  }
  meter.addBatchObservableCallback(observe, observables)
  return () => meter.removeBatchObservableCallback(observe, observables)
}

function instrument(meter: Meter, { name, help, kind, unit }: Metric): Observable {
  const made = { description: help, unit }
  return kind === 'counter'
    ? meter.createObservableCounter(openTelemetryName(name), made)
    : meter.createObservableGauge(openTelemetryName(name), made)
}

/** `mintmark_tokens_issued_total` as `mintmark.server.tokens_issued`. */
function openTelemetryName(name: string): string {
  return name.replace(/^mintmark_/, 'mintmark.server.').replace(/_(total|seconds)$/, '')
}

function attributesOf(labels: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`mintmark.${name}`, value]),
  )
}

// The enumerations of the API are code, and this package loads none of it.
const SERVER: SpanKind.SERVER = 1
const ERROR: SpanStatusCode.ERROR = 2

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])

function tracedListener(
  listener: NodeListener,
  tracer: Tracer,
  attributes: Attributes,
  clock: Clock,
): NodeListener {
  return (request, response) => {
    const { method = '' } = request
    const span = tracer.startSpan('authorization server request', {
      kind: SERVER,
      startTime: clock.wallMs(),
      attributes: {
        ...attributes,
        // What is not a usual method is not repeated (OpenTelemetry semantic conventions for HTTP).
        'http.request.method': methods.has(method) ? method : '_OTHER',
      },
    })
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode)
      if (response.statusCode >= 500) span.setStatus({ code: ERROR })
      span.end(clock.wallMs())
    })
    listener(request, response)
  }
}
