/** What `mintmark guard` runs, made from its settings. */
import type { Observer } from '@mintmark/runtime'
import type { Invocation } from './command.ts'
import { configuredGuard, configuredGuardSettings } from './configured-guard.ts'
import { type AnswerCounts, createAnswerCounts } from './forward-auth/answer-counts.ts'
import type { GuardServerEvent } from './forward-auth/guard-log.ts'
import { followSharedStores } from './forward-auth/shared-stores.ts'
import { guardListenerSettings, guardListeners } from './guard-listeners.ts'
import { guardRingSettings, guardRings } from './guard-rings.ts'
import { guardSharing, guardSharingSettings } from './guard-sharing.ts'
import { type EventLog, startEventLog } from './serve-log.ts'
import type { StopSignals } from './stop-signals.ts'

/** The settings that it is made from. */
export const guardProcessSettings = [
  ...(['host', 'port', 'adminPort', 'logLevel'] as const),
  ...configuredGuardSettings,
  ...guardListenerSettings,
  ...guardRingSettings,
  ...guardSharingSettings,
] as const

type GuardInvocation = Invocation<(typeof guardProcessSettings)[number]>

/** A guard that serves, or was asked to stop before it did. */
export interface GuardProcess {
  /** Says that it serves: for a person on standard error, or with `--json` for a program on standard output. */
  announce(): Promise<void>
  close(drainMs: number): Promise<void>
}

/**
 * Listens, then fetches the keys: a start in the middle of an outage is no reason to exit.
 *
 * @param stop - Until it is requested, requests are to be sent here (`/health/ready`). From then on nothing is waited
 * for.
 *
 * @throws CommandFailure (usage) for a setting that is none; rejects with `ListenError` for a port that cannot be had.
 */
export async function startGuardProcess(
  invocation: GuardInvocation,
  stop: Pick<StopSignals, 'request' | 'isRequested'>,
): Promise<GuardProcess> {
  const { settings, edge, output } = invocation
  const log = await guardLog(invocation)
  const stores = followSharedStores()
  const observer: Observer<GuardServerEvent> = (event) => {
    log?.observer(event)
    const notice = stores.notice(event)
    if (notice !== undefined) output.notice(notice)
  }
  const counts = createAnswerCounts()
  const { guard, sharing, serving } = await judging(invocation, counts, observer)
  const { startGuardServer } = await import('./forward-auth/guard-server.ts')
  const [host, port] = [settings.value('host'), settings.value('port')]
  const server = await startGuardServer({
    ...{ host, port, listeners: serving.listeners, clock: edge.clock },
    onFailure: (kind) => observer({ type: 'answer_failed', kind }),
  })
  const health = await startHealthPort(invocation, () => ({
    ...{ isServing: !stop.isRequested(), readiness: guard.ready(), answers: counts.entries() },
    sharedStores: sharing.stores.map((store) => ({ store, isAway: stores.away().has(store) })),
  })).catch(async (error: unknown) => {
    await server.close(0)
    throw error
  })
  const begun = Promise.all([sharing.begin(), guard.warm()])
  const [redis] = (await Promise.race([begun, stop.request])) ?? []
  return {
    async announce() {
      const { state } = guard.ready()
      const [origin, adminOrigin] = [server.origin, health?.origin]
      log?.lifecycle('ready', { origin, admin_origin: adminOrigin, keys: state, redis })
      const where = adminOrigin === undefined ? '' : `, health ${adminOrigin}/health/ready`
      output.notice(`ready, guard ${origin}${serving.path}${where}`)
      if (state === 'failing') output.notice('tokens cannot be judged yet; until then, 503')
      if (redis === 'away') output.notice('Redis cannot be had yet; this guard goes on without it')
      if (!output.json) return
      const document = { ready: true, origin, admin_origin: adminOrigin ?? null, keys: state }
      await output.answer([], document)
    },
    async close(drainMs) {
      log?.lifecycle('stopping')
      await server.close(drainMs)
      // Last, so that a load balancer that asks meanwhile hears "not ready" instead of nothing.
      await health?.close()
      serving.end()
      guard.dispose()
      sharing.end()
      log?.lifecycle('stopped')
    },
  }
}

/** What requests are judged by, and what answers them. */
async function judging(
  invocation: GuardInvocation,
  counts: AnswerCounts,
  observer: Observer<GuardServerEvent>,
) {
  const sharing = await guardSharing(invocation, observer)
  const guard = await configuredGuard(invocation, sharing, observer)
  const rings = await guardRings(invocation, sharing.limiter)
  const serving = await guardListeners(invocation, { guard, rings, counts, observer })
  return { sharing, guard, serving }
}

async function guardLog({
  settings,
  edge,
  output,
}: GuardInvocation): Promise<EventLog<GuardServerEvent> | undefined> {
  const level = settings.value('logLevel') ?? (output.json ? 'info' : 'silent')
  if (level === 'silent') return undefined
  const { guardLevelOf } = await import('./forward-auth/guard-log.ts')
  return await startEventLog(level, edge, guardLevelOf)
}

async function startHealthPort(
  { settings }: GuardInvocation,
  report: Parameters<typeof import('./forward-auth/guard-health.ts').startHealth>[1],
) {
  const port = settings.value('adminPort')
  if (port === undefined) return undefined
  const { startHealth } = await import('./forward-auth/guard-health.ts')
  return await startHealth({ host: settings.value('host'), port }, report)
}
