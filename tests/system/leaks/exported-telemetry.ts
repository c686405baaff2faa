/** Telemetry as it leaves a process, kept in memory by the SDK of OpenTelemetry. */
import { type ClientTelemetry, clientTelemetry } from '@mintmark/client/opentelemetry'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'

/** The connection, and what came out at its end. */
export interface ExportedTelemetry {
  readonly telemetry: ClientTelemetry
  /** Everything so far. Ends the exporting. */
  readonly collect: () => Promise<{
    readonly spans: readonly ReadableSpan[]
    readonly metrics: readonly ResourceMetrics[]
  }>
}

/** Starts with nothing exported. */
export function exportedTelemetry(): ExportedTelemetry {
  const spanExporter = new InMemorySpanExporter()
  const tracers = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
  })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter })
  const meters = new MeterProvider({ readers: [reader] })
  const telemetry = clientTelemetry({
    meter: meters.getMeter('mintmark'),
    tracer: tracers.getTracer('mintmark'),
  })
  return {
    telemetry,
    collect: async () => {
      await reader.forceFlush()
      const [spans, metrics] = [spanExporter.getFinishedSpans(), metricExporter.getMetrics()]
      await Promise.all([meters.shutdown(), tracers.shutdown()])
      return { spans: [...spans], metrics: [...metrics] }
    },
  }
}
