import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { startLoopbackServer, the } from '@mintmark/testkit'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { metricTable } from '../../src/index.ts'
import { serverTelemetry } from '../../src/opentelemetry.ts'
import { basicOf, obtainToken, serving } from '../serving.ts'

test('every metric is exported with its unit, and none names a client [A13]', async (t) => {
  await using world = await serving()
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  t.after(() => provider.shutdown())
  const telemetry = serverTelemetry({
    meter: provider.getMeter('test'),
    attributes: { node: 'a' },
  })
  const stop = telemetry.watch(world.server)
  await obtainToken(world)
  await world.post('/oauth/token', {}, { authorization: basicOf('nobody', 'x') })
  await provider.forceFlush()
  const metrics = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? []
  const points = new Map(
    metrics.map((metric) => [
      metric.descriptor.name,
      metric.dataPoints.map(({ attributes, value }) => [attributes, value]),
    ]),
  )
  assert.deepEqual(points.get('mintmark.server.tokens_issued'), [[{ node: 'a' }, 1]])
  assert.deepEqual(points.get('mintmark.server.refusals'), [
    [{ node: 'a', 'mintmark.endpoint': 'token', 'mintmark.reason': 'client_unknown' }, 1],
  ])
  assert.equal(
    metrics.find(({ descriptor }) => descriptor.name === 'mintmark.server.serving_stale')
      ?.descriptor.unit,
    's',
  )
  // Those that count nothing yet have no point and are not exported.
  assert.ok(points.size >= metricTable.length - 2)
  assert.ok(!JSON.stringify([...points]).includes(the.clientId))
  stop()
})

test('a request is a span with method and status, and nothing that was sent [A13]', async () => {
  await using world = await serving()
  const spans = new InMemorySpanExporter()
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
  })
  const telemetry = serverTelemetry({ tracer: provider.getTracer('test'), clock: world.clock })
  const http = await startLoopbackServer(telemetry.traced(world.server.listener))
  try {
    await systemTransport(`${http.origin}/oauth/token?secret=hidden`, { method: 'POST' })
    await systemTransport(`${http.origin}/hidden`, { method: 'PROPFIND' })
  } finally {
    await http.close()
  }
  const finished = spans.getFinishedSpans()
  assert.deepEqual(
    finished.map(({ name, attributes }) => [name, attributes]),
    [
      [
        'authorization server request',
        { 'http.request.method': 'POST', 'http.response.status_code': 415 },
      ],
      [
        'authorization server request',
        { 'http.request.method': '_OTHER', 'http.response.status_code': 404 },
      ],
    ],
  )
})

test('without a meter and a tracer nothing is done', async () => {
  await using world = await serving()
  const telemetry = serverTelemetry({})
  telemetry.watch(world.server)()
  assert.equal(telemetry.traced(world.server.listener), world.server.listener)
})
