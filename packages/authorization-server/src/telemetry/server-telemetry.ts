/** Counters and habits of one server, fed by its events before anybody else hears them. */
import type { Clock, Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import type { LiveState } from '../registry/live-state.ts'
import { keyPhases } from '../signing-keys/key-schedule.ts'
import type { SigningKeyRecord } from '../storage/records.ts'
import type { StorageSession } from '../storage/storage.ts'
import { CacheDiscipline } from './cache-discipline.ts'
import { ServerCounters } from './server-counters.ts'
import type { ServerReport } from './server-report.ts'

/** What the server counts with. */
export interface ServerTelemetry {
  /** Counts an event and passes it on. */
  readonly observer: Observer<AuthorizationServerEvent>
  readonly counters: ServerCounters
  readonly discipline: CacheDiscipline
}

/** Makes the counters; `listener` hears every event after them. */
export function createServerTelemetry(
  clock: Clock,
  listener: Observer<AuthorizationServerEvent>,
): ServerTelemetry {
  const counters = new ServerCounters()
  const discipline = new CacheDiscipline(clock)
  return {
    counters,
    discipline,
    observer(event) {
      counters.observe(event)
      if (event.type === 'token_issued') discipline.issued(event.clientId, event.lifetimeSeconds)
      listener(event)
    },
  }
}

/** What the counters and the live state say now. */
export function serverReport(
  { counters }: ServerTelemetry,
  state: LiveState,
  session: StorageSession,
  clock: Clock,
): ServerReport {
  const { staleSinceWallMs } = state
  const staleMs = staleSinceWallMs === undefined ? 0 : clock.wallMs() - staleSinceWallMs
  return {
    tokensIssued: counters.tokensIssued,
    tokensRevoked: counters.tokensRevoked,
    introspections: {
      active: counters.introspectionsActive,
      inactive: counters.introspectionsInactive,
    },
    authentications: counters.authentications,
    refusals: counters.refusals,
    durations: counters.durations.counts,
    shadowedRefusals: counters.shadowedRefusals,
    signaturesWaiting: counters.signaturesWaiting(),
    storage: session.statistics(),
    signingKeys: keysByState(state.signingKeys, clock.wallMs()),
    registry: {
      sequence: state.sequence,
      clients: state.registry.clientCount,
      reloads: counters.reloads,
      failedReloads: counters.failedReloads,
      staleSeconds: Math.max(0, staleMs / 1000),
    },
  }
}

function keysByState(
  keys: readonly SigningKeyRecord[],
  nowWallMs: number,
): ServerReport['signingKeys'] {
  const counts = new Map<string, ServerReport['signingKeys'][number]>()
  for (const { key, state } of keyPhases(keys, nowWallMs)) {
    const name = `${key.algorithm} ${state}`
    const count = (counts.get(name)?.count ?? 0) + 1
    counts.set(name, { algorithm: key.algorithm, state, count })
  }
  return [...counts.values()]
}
