/**
 * The report of a server in the text format of Prometheus, by prom-client. Nothing is counted here: each exposition is
 * filled anew from a report, so that what the server counts with stays free of anybody's library.
 */
import {
  type DurationCounts,
  durationMetric,
  type Metric,
  metricTable,
  type Sample,
  type ServerReport,
} from '@mintmark/authorization-server'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** Writes expositions of one process. */
export interface Exposition {
  readonly contentType: string
  /** The metrics as `report` has them, and those of the process. */
  text(report: ServerReport): Promise<string>
  /** Stops measuring the process. */
  close(): void
}

/** Starts measuring the process, event loop and garbage collector included. */
export function createExposition(): Exposition {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const fills = metricTable.map((metric) => instrument(metric, registry))
  let durations: readonly DurationCounts[] = []
  registry.registerMetric(histogram(() => durations) as never)
  return {
    contentType: registry.contentType,
    text(report) {
      for (const fill of fills) fill(report)
      durations = report.durations
      return registry.metrics()
    },
    close: () => registry.clear(),
  }
}

function instrument(metric: Metric, registry: Registry): (report: ServerReport) => void {
  const { name, help, labels, kind, read } = metric
  const configuration = { name, help, labelNames: [...labels], registers: [registry] }
  if (kind === 'gauge') {
    const made = new Gauge(configuration)
    return (report) => filled(made, read(report), (sample) => made.set(sample.labels, sample.value))
  }
  const made = new Counter(configuration)
  return (report) => filled(made, read(report), (sample) => made.inc(sample.labels, sample.value))
}

/** Histograms of prom-client count by themselves and cannot be filled; what it asks of a metric is little. */
function histogram(durations: () => readonly DurationCounts[]) {
  const { name, help } = durationMetric
  const read = { name, help, type: 'histogram', aggregator: 'sum' }
  return {
    ...{ name, help, type: 'histogram', reset: () => undefined },
    get: async () => ({ ...read, values: durations().flatMap(seriesOf) }),
  }
}

/** Each bucket has those below it as well, as Prometheus wants it. */
function seriesOf({ endpoint, outcome, buckets, sumSeconds }: DurationCounts) {
  const { name, boundsSeconds } = durationMetric
  const labels = { endpoint, outcome }
  let within = 0
  const series = buckets.map((count, at) => {
    within += count
    const le = boundsSeconds[at] ?? '+Inf'
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: within }
  })
  return [
    ...series,
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: within },
  ]
}

function filled(
  metric: { reset(): void },
  samples: readonly Sample[],
  put: (sample: Sample) => void,
): void {
  metric.reset()
  for (const sample of samples) put(sample)
}
