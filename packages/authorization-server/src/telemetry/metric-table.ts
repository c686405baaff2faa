/**
 * The metrics of the server, each with how it is read off a report, for Prometheus and OpenTelemetry alike. Labels
 * come from fixed lists; none names a client, a token or an address, so that the number of time series does not grow
 * with them.
 */
import { durationBoundsSeconds } from './request-durations.ts'
import type { ServerReport } from './server-report.ts'

/** One value of a metric, and its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric under its name for Prometheus. */
export interface Metric {
  readonly name: string
  /** For OpenTelemetry (UCUM). */
  readonly unit: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  readonly labels: readonly string[]
  readonly read: (report: ServerReport) => readonly Sample[]
}

/** Every metric, in the order in which they are exposed. */
export const metricTable: readonly Metric[] = [
  counter(
    'mintmark_tokens_issued_total',
    '{token}',
    'Access tokens issued',
    (report) => report.tokensIssued,
  ),
  counter(
    'mintmark_tokens_revoked_total',
    '{token}',
    'Access tokens revoked one by one',
    (report) => report.tokensRevoked,
  ),
  {
    name: 'mintmark_introspections_total',
    unit: '{answer}',
    help: 'Answers of the introspection endpoint, by whether the token was active',
    kind: 'counter',
    labels: ['active'],
    read: ({ introspections: { active, inactive } }) => [
      { labels: { active: 'true' }, value: active },
      { labels: { active: 'false' }, value: inactive },
    ],
  },
  {
    name: 'mintmark_authentications_total',
    unit: '{authentication}',
    help: 'Clients that proved who they are, by method',
    kind: 'counter',
    labels: ['method'],
    read: ({ authentications }) => authentications.map(sampleOf),
  },
  {
    name: 'mintmark_refusals_total',
    unit: '{request}',
    help: 'Refused requests, by endpoint and reason',
    kind: 'counter',
    labels: ['endpoint', 'reason'],
    read: ({ refusals }) => refusals.map(sampleOf),
  },
  {
    name: 'mintmark_shadowed_refusals_total',
    unit: '{request}',
    help: 'Requests that a policy in shadow mode would have refused, by policy',
    kind: 'counter',
    labels: ['policy'],
    read: ({ shadowedRefusals }) => shadowedRefusals.map(sampleOf),
  },
  gauge(
    'mintmark_signatures_waiting',
    '{request}',
    'Token requests that wait for their signature',
    (report) => report.signaturesWaiting,
  ),
  counter(
    'mintmark_storage_reads_total',
    '{read}',
    'Reads of the database; issuing a token makes none',
    (report) => report.storage.reads,
  ),
  counter(
    'mintmark_storage_writes_total',
    '{transaction}',
    'Transactions that wrote to the database; issuing a token makes none',
    (report) => report.storage.writes,
  ),
  gauge(
    'mintmark_registry_sequence',
    '{change}',
    'Number of the newest change that is in force',
    (report) => report.registry.sequence,
  ),
  gauge(
    'mintmark_registry_clients',
    '{client}',
    'Registered clients',
    (report) => report.registry.clients,
  ),
  {
    name: 'mintmark_registry_reloads_total',
    unit: '{attempt}',
    help: 'Attempts to take over changes from the database, by outcome',
    kind: 'counter',
    labels: ['outcome'],
    read: ({ registry: { reloads, failedReloads } }) => [
      { labels: { outcome: 'done' }, value: reloads },
      { labels: { outcome: 'failed' }, value: failedReloads },
    ],
  },
  {
    name: 'mintmark_signing_keys',
    unit: '{key}',
    help: 'Signing keys, by algorithm and state',
    kind: 'gauge',
    labels: ['algorithm', 'state'],
    read: ({ signingKeys }) => signingKeys.map(sampleOf),
  },
  gauge(
    'mintmark_serving_stale_seconds',
    's',
    'For how long the database could not be read; 0 while it can be',
    (report) => report.registry.staleSeconds,
  ),
]

/** The one histogram: how long requests took that were answered, by endpoint and outcome. */
export const durationMetric = {
  name: 'mintmark_request_duration_seconds',
  unit: 's',
  help: 'From when a request was read to its answer, by endpoint and outcome',
  boundsSeconds: durationBoundsSeconds,
} as const

type Read = (report: ServerReport) => number

function counter(name: string, unit: string, help: string, value: Read): Metric {
  return { ...{ name, unit, help, kind: 'counter', labels: [] }, read: only(value) }
}

function gauge(name: string, unit: string, help: string, value: Read): Metric {
  return { ...{ name, unit, help, kind: 'gauge', labels: [] }, read: only(value) }
}

function only(value: Read): Metric['read'] {
  return (report) => [unlabelled(value(report))]
}

function unlabelled(value: number): Sample {
  return { labels: {}, value }
}

function sampleOf({ count, ...labels }: Record<string, string | number>): Sample {
  return { labels: labels as Record<string, string>, value: Number(count) }
}
