/** Health and metrics of a guard, on a port of their own. */
import { createServer, type RequestListener } from 'node:http'
import { bindServer } from '@mintmark/authorization-server'
import type { GuardReadiness } from '@mintmark/resource-server'
import { Counter, Gauge, Registry } from 'prom-client'
import { adminHeaderBytesMax, adminRequestTimeoutMs } from '../limits.ts'
import type { AnswerCount } from './answer-counts.ts'

/** What is told. */
export interface GuardReport {
  readonly isServing: boolean
  readonly readiness: GuardReadiness
  readonly answers: readonly AnswerCount[]
  /** What is shared with other guards; none for one that is alone. */
  readonly sharedStores: readonly { readonly store: string; readonly isAway: boolean }[]
}

/** A port in use. */
export interface RunningHealth {
  readonly origin: string
  close(): Promise<void>
}

/** Listens. Rejects with `ListenError` when the port cannot be had. */
export async function startHealth(
  address: { readonly host: string; readonly port: number },
  report: () => GuardReport,
): Promise<RunningHealth> {
  const limits = {
    maxHeaderSize: adminHeaderBytesMax,
    headersTimeout: adminRequestTimeoutMs,
    requestTimeout: adminRequestTimeoutMs,
  }
  const http = createServer(limits, healthListener(report))
  const origin = await bindServer(http, address)
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

function healthListener(report: () => GuardReport): RequestListener {
  const metrics = createMetrics()
  return async ({ url }, response) => {
    const answer = (status: number, body: string, type = 'application/json'): void => {
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      response.end(body)
    }
    if (url === '/health/live') return answer(200, JSON.stringify({ live: true }))
    if (url === '/health/ready') return answer(...readinessAnswer(report()))
    if (url === '/metrics') return answer(200, await metrics.text(report()), metrics.contentType)
    answer(404, JSON.stringify({ error: 'not_found' }))
  }
}

/** Ready: it takes requests, and has keys to judge them by, be they due for renewal. */
export function readinessAnswer({
  isServing,
  readiness,
}: GuardReport): [status: number, body: string] {
  const { state, keysAgeSeconds } = readiness
  const ready = isServing && (state === 'ready' || state === 'stale')
  const body = { ready, serving: isServing, keys: state, keys_age_seconds: keysAgeSeconds ?? null }
  return [ready ? 200 : 503, JSON.stringify(body)]
}

/** Nothing is counted here: each exposition is filled anew from a report. */
function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const answers = new Counter({
    name: 'mintmark_guard_answers_total',
    help: 'Requests judged, by outcome.',
    labelNames: ['code', 'status'],
    registers,
  })
  const keys = new Gauge({
    name: 'mintmark_guard_keys_usable',
    help: 'Whether tokens can be judged: 1 by current keys, 0.5 by keys due for renewal, 0 not.',
    registers,
  })
  const age = new Gauge({
    name: 'mintmark_guard_keys_age_seconds',
    help: 'Age of the oldest key set in use; NaN without one.',
    registers,
  })
  const revocations = new Gauge({
    name: 'mintmark_guard_revocations_age_seconds',
    help: "Age of the issuer's last word on what is revoked; NaN where none is followed.",
    registers,
  })
  const stores = new Gauge({
    name: 'mintmark_guard_shared_store_usable',
    help: 'Whether limits and used proofs in Redis could be asked about last: 1 yes, 0 no.',
    labelNames: ['store'],
    registers,
  })
  return {
    contentType: registry.contentType,
    text({ answers: counted, readiness, sharedStores }: GuardReport): Promise<string> {
      answers.reset()
      for (const { code, status, answers: count } of counted) {
        answers.inc({ code, status: String(status) }, count)
      }
      keys.set({ ready: 1, stale: 0.5, cold: 0, failing: 0 }[readiness.state])
      age.set(readiness.keysAgeSeconds ?? Number.NaN)
      revocations.set(readiness.revocationsAgeSeconds ?? Number.NaN)
      for (const { store, isAway } of sharedStores) stores.set({ store }, isAway ? 0 : 1)
      return registry.metrics()
    },
  }
}
