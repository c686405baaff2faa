/** What is counted and measured when something happens. */
import type { Observer } from '@mintmark/runtime'
import type { Attributes, Meter } from '@opentelemetry/api'
import type { TokenClientEvent } from '../events.ts'
import { eventAttributes, isTokenRequestEnd, outcomeAttributes } from './event-attributes.ts'

/** From a server next door to one that answers just before the usual deadline, in seconds. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** From a renewal at the last moment to one of a token that lives a day, in seconds. */
const LEFT_SECONDS = [0, 10, 30, 60, 120, 300, 600, 1_200, 3_600, 21_600]

/** Makes the instruments and the observer that feeds them. */
export function recordMetrics(meter: Meter, attributes: Attributes): Observer<TokenClientEvent> {
  const instruments = makeInstruments(meter)
  return (event) => {
    instruments.events.add(1, { ...attributes, ...eventAttributes(event) })
    if (isTokenRequestEnd(event)) {
      const outcome = { ...attributes, ...outcomeAttributes(event) }
      instruments.requests.add(1, outcome)
      instruments.requestSeconds.record(event.durationMs / 1_000, outcome)
    }
    if (event.type === 'token_obtained' && event.replacedLeftSeconds !== undefined) {
      instruments.leftSeconds.record(event.replacedLeftSeconds, attributes)
    }
    if (event.type === 'token_refused') {
      instruments.refusals.add(1, { ...attributes, 'mintmark.reason': event.reason })
    }
    if (event.type === 'circuit_opened' || event.type === 'circuit_closed') {
      const isOpen = event.type === 'circuit_opened' ? 1 : 0
      instruments.circuits.record(isOpen, { ...attributes, 'mintmark.about': event.about })
    }
  }
}

function makeInstruments(meter: Meter) {
  return {
    events: meter.createCounter('mintmark.client.events', {
      description: 'Everything that the client reported, by kind',
      unit: '{event}',
    }),
    requests: meter.createCounter('mintmark.client.token_requests', {
      description: 'Token requests that have ended',
      unit: '{request}',
    }),
    requestSeconds: meter.createHistogram('mintmark.client.token_request.duration', {
      description: 'How long token requests took',
      unit: 's',
      advice: { explicitBucketBoundaries: REQUEST_SECONDS },
    }),
    leftSeconds: meter.createHistogram('mintmark.client.renewal.remaining_lifetime', {
      description: 'How long replaced tokens could still have been used',
      unit: 's',
      advice: { explicitBucketBoundaries: LEFT_SECONDS },
    }),
    refusals: meter.createCounter('mintmark.client.token_refusals', {
      description: 'Answers 401 of resource servers, by what was decided about them',
      unit: '{response}',
    }),
    circuits: meter.createGauge('mintmark.client.circuit.open', {
      description: 'Whether the circuit that changed last is open (1) or closed (0)',
      unit: '1',
    }),
  }
}
