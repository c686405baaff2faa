/** A client whose telemetry goes to the SDK of OpenTelemetry, and from there into memory. */
import { type ClientTelemetry, clientTelemetry } from '@mintmark/client/opentelemetry'
import { FakeClock } from '@mintmark/testkit'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { TokenClientOptions } from '../../src/options.ts'
import { type ClientWorld, clientWorld } from '../client-world.ts'

export interface ObservedWorld extends ClientWorld {
  readonly telemetry: ClientTelemetry
  readonly spans: InMemorySpanExporter
  /** The metrics as they are now, by name. */
  readonly metrics: () => Promise<ReadonlyMap<string, MetricData>>
  readonly close: () => Promise<void>
}

const INSTANCE = { 'service.part': 'orders' }

export function observedWorld(options: Partial<TokenClientOptions> = {}): ObservedWorld {
  const spans = new InMemorySpanExporter()
  const tracers = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
  })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meters = new MeterProvider({ readers: [reader] })
  const clock = new FakeClock()
  const telemetry = clientTelemetry({
    meter: meters.getMeter('mintmark'),
    tracer: tracers.getTracer('mintmark'),
    attributes: INSTANCE,
    clock,
  })
  const world = clientWorld({ clock, observer: telemetry.observer, ...options })
  return {
    ...world,
    clock,
    telemetry,
    spans,
    metrics: async () => {
      exporter.reset()
      await reader.forceFlush()
      const scopes = exporter.getMetrics().at(-1)?.scopeMetrics ?? []
      const collected = scopes.flatMap(({ metrics }) => metrics)
      return new Map(collected.map((metric) => [metric.descriptor.name, metric]))
    },
    close: async () => {
      await meters.shutdown()
      await tracers.shutdown()
    },
  }
}

/** The points of a metric as `[attributes, value]`, without the attributes that all have. */
export function pointsOf(metric: MetricData | undefined): readonly (readonly [object, unknown])[] {
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => {
    const own = Object.entries(attributes).filter(([name]) => !(name in INSTANCE))
    return [Object.fromEntries(own), value] as const
  })
}
