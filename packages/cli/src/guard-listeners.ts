/** What answers the requests of `mintmark guard`, by its settings: a forward-auth endpoint or a reverse proxy. */
import type { Rings } from '@mintmark/limits'
import type { Guard } from '@mintmark/resource-server'
import type { Observer } from '@mintmark/runtime'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'
import type { AnswerCounts } from './forward-auth/answer-counts.ts'
import type { GuardedPlace } from './forward-auth/check-listener.ts'
import type { GuardServerEvent } from './forward-auth/guard-log.ts'
import type { GuardListeners } from './forward-auth/guard-server.ts'
import type { Judgement } from './forward-auth/judge.ts'

/** The settings that they are made from, beside the public origin, which the guard has too. */
export const guardListenerSettings = [
  ...(['scope', 'mode', 'trustedProxy', 'forwardedHeader'] as const),
  ...(['upstream', 'keepAuthorization', 'upstreamTimeoutSeconds', 'bodyBytesMax'] as const),
] as const

type ListenerInvocation = Invocation<'publicOrigin' | (typeof guardListenerSettings)[number]>

/** What requests are judged by, and who hears of it. */
export interface GuardParts {
  readonly guard: Guard
  readonly rings: Rings | undefined
  readonly counts: AnswerCounts
  readonly observer: Observer<GuardServerEvent>
}

/** Listeners for a server. */
export interface ServingGuard {
  readonly listeners: GuardListeners
  /** Where it is asked, or nothing where it is in front. */
  readonly path: string
  /** Closes connections of its own. */
  end(): void
}

/**
 * Makes the listeners.
 *
 * @throws CommandFailure (usage) `setting_malformed` for what is no network or no scope, `settings_conflict` for
 *   settings of a proxy of somebody else beside `--upstream`.
 */
export async function guardListeners(
  invocation: ListenerInvocation,
  parts: GuardParts,
): Promise<ServingGuard> {
  const { settings } = invocation
  const place = await guardedPlace(invocation, parts)
  const upstream = settings.value('upstream')
  if (upstream !== undefined) return await proxyOf(upstream, invocation, place, parts)
  const { checkListener } = await import('./forward-auth/check-listener.ts')
  const { CHECK_PATH } = await import('./forward-auth/check-target.ts')
  const respond = checkListener({ ...place, mode: settings.value('mode') })
  return { listeners: { respond }, path: CHECK_PATH, end: () => undefined }
}

async function guardedPlace(
  { settings }: ListenerInvocation,
  { guard, rings, counts, observer }: GuardParts,
): Promise<GuardedPlace> {
  const { addressesBehind, loopbackNetworks } = await import('./forward-auth/peers.ts')
  const { createJudge } = await import('./forward-auth/judge.ts')
  const isGiven = settings.source('trustedProxy') !== 'default'
  const trustedProxies = isGiven ? settings.value('trustedProxy') : loopbackNetworks
  const scope = settings.value('scope')
  if (scope !== undefined) await requireScope(scope)
  const addresses = addressesBehind(trustedProxies, settings.value('forwardedHeader'))
  return {
    judge: createJudge({ guard, rings, addresses }),
    ...{ scope, addresses },
    note: (judgement) => note(judgement, counts, observer),
  }
}

/** One that is none would refuse every request, as a mistake of ours. */
async function requireScope(scope: string): Promise<void> {
  const { parseScope } = await import('@mintmark/protocol')
  if (parseScope(scope).ok) return
  throw usageFailure(
    'setting_malformed',
    '--scope must be scope tokens, separated by single spaces',
  )
}

function note(
  judgement: Judgement,
  counts: AnswerCounts,
  observer: Observer<GuardServerEvent>,
): void {
  counts.count(judgement)
  if (judgement.admitted) return
  const { code, status } = judgement.refusal
  observer({ type: 'request_refused', code, status })
}

async function proxyOf(
  origin: string,
  { settings, edge }: ListenerInvocation,
  place: GuardedPlace,
  { counts, observer }: GuardParts,
): Promise<ServingGuard> {
  if (settings.source('mode') !== 'default') throw modeOfProxy()
  const { proxyListeners } = await import('./forward-auth/proxy-listener.ts')
  const { createUpstream } = await import('./forward-auth/upstream.ts')
  const upstream = createUpstream(origin)
  const listeners = proxyListeners({
    ...{ ...place, upstream, clock: edge.clock },
    keepsAuthorization: settings.value('keepAuthorization'),
    publicOrigin: settings.value('publicOrigin'),
    bodyBytesMax: settings.value('bodyBytesMax'),
    quietMs: settings.value('upstreamTimeoutSeconds') * 1_000,
    noteFailure({ code, status }) {
      counts.countFailure(code, status)
      observer({ type: 'upstream_failed', code })
    },
  })
  return { listeners, path: '', end: () => upstream.close() }
}

function modeOfProxy() {
  return usageFailure(
    'settings_conflict',
    '--mode is for a proxy that asks; with --upstream this guard is the proxy itself',
  )
}
