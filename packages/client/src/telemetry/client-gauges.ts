/** The state of a client at the moment of collection. */
import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api'
import type { TokenClient } from '../token-client.ts'

/** What is read of a client. */
export type WatchedClient = Pick<TokenClient, 'ready' | 'outageBudgetSeconds'>

interface Reading {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** `undefined`: there is nothing to report at that moment. */
  readonly read: (client: WatchedClient) => number | undefined
}

const readings: readonly Reading[] = [
  {
    name: 'mintmark.client.ready',
    description: 'Whether a call made now would find a token (1) or not (0)',
    unit: '1',
    read: (client) => (client.ready() ? 1 : 0),
  },
  {
    name: 'mintmark.client.outage_budget',
    description: 'How long the token endpoint may be down from now on without a caller noticing',
    unit: 's',
    read: (client) => client.outageBudgetSeconds(),
  },
]

/** Starts reporting; the returned function ends it. */
export function watchClient(
  meter: Meter,
  attributes: Attributes,
  client: WatchedClient,
): () => void {
  const stops = readings.map(({ name, description, unit, read }) => {
    const gauge = meter.createObservableGauge(name, { description, unit })
    const observe = (result: ObservableResult): void => {
      const value = read(client)
      if (value !== undefined) result.observe(value, attributes)
    }
    gauge.addCallback(observe)
    return () => gauge.removeCallback(observe)
  })
  return () => {
    for (const stop of stops) stop()
  }
}
