/**
 * The work of a flight: waits until a token request may be sent, makes the attempt, repeats it once
 * where the connection broke under somebody who waits, and tells how it went.
 */
import { type Clock, type RandomSource, sleep, uniform } from '@mintmark/runtime'
import type { AccessToken } from './access-token.ts'
import type { AttemptPacing } from './attempt-pacing.ts'
import { readClocks } from './clock-reading.ts'
import type { Errand } from './errand.ts'
import type { RenewalTrigger, Report, TokenRequestLabel } from './events.ts'
import type { Failure } from './failure.ts'
import { type GrantedToken, type Obtained, requestsOf } from './granted-token.ts'
import type { HeldToken } from './held-token.ts'
import { reconnectPauseFromMs, reconnectPauseToMs } from './limits.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'

/** What an acquisition needs of the source that it is made for. */
export interface AcquisitionParts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly label: TokenRequestLabel
  readonly report: Report
  readonly pacing: AttemptPacing
  /** Makes one attempt; see `obtainToken`, and `FollowedKey.obtain` where there is a shared store. */
  readonly obtain: (errand: Errand, signal: AbortSignal) => Promise<Obtained>
  /** The token in hand at that moment, good or not. */
  readonly held: () => HeldToken | undefined
  /** The fingerprint of that token, or of the last one if a resource server refused it. */
  readonly knownFingerprint: () => string | undefined
  /** Puts a new token in its place. */
  readonly keep: (granted: GrantedToken) => void
}

/** The flight that an acquisition is the work of. */
export interface AcquiringFlight {
  /** Different for every flight of a client. */
  readonly number: number
  readonly trigger: RenewalTrigger
  /** See `Errand`. */
  readonly minTtlSeconds: number
  /** How many callers wait, at that moment. */
  readonly waiters: () => number
}

/**
 * Acquires one token. Rejects with `TokenAcquisitionError`, with the reason of `signal`, or for a
 * bug with whatever it throws.
 */
export async function acquireToken(
  parts: AcquisitionParts,
  flight: AcquiringFlight,
  signal: AbortSignal,
): Promise<AccessToken> {
  const { clock, pacing } = parts
  await pacing.untilDemandOpens(signal)
  const startedAtMonotonicMs = clock.monotonicMs()
  let obtained = await attempt(parts, flight, startedAtMonotonicMs, signal)
  let attempts = requestsOf(obtained)
  if (isConnectionBroken(obtained) && flight.waiters() > 0) {
    await sleep(clock, reconnectPauseMs(parts), signal)
    obtained = await attempt(parts, flight, startedAtMonotonicMs, signal)
    attempts += requestsOf(obtained)
  }
  signal.throwIfAborted()
  const course = { flight, attempts, durationMs: clock.monotonicMs() - startedAtMonotonicMs }
  if (obtained.ok) return keepToken(parts, obtained.granted, course)
  throw noteFailure(parts, obtained.failure, course)
}

/** How it went. */
interface Course {
  readonly flight: AcquiringFlight
  /** Token requests that were sent. */
  readonly attempts: number
  readonly durationMs: number
}

function isConnectionBroken(obtained: Obtained): boolean {
  return !obtained.ok && obtained.failure.code === 'network_failed'
}

function reconnectPauseMs({ random }: AcquisitionParts): number {
  return reconnectPauseFromMs + (reconnectPauseToMs - reconnectPauseFromMs) * uniform(random)
}

async function attempt(
  parts: AcquisitionParts,
  flight: AcquiringFlight,
  startedAtMonotonicMs: number,
  signal: AbortSignal,
): Promise<Obtained> {
  const { trigger, minTtlSeconds } = flight
  try {
    const errand = { trigger, minTtlSeconds, knownFingerprint: parts.knownFingerprint() }
    return await parts.obtain(errand, signal)
  } catch (error) {
    // A bug, ours or that of a port. Whoever waits gets it as it is; a background renewal has
    // nobody to give it to.
    if (!signal.aborted) {
      const durationMs = parts.clock.monotonicMs() - startedAtMonotonicMs
      noteFailure(parts, { code: 'internal_failure' }, { flight, attempts: 1, durationMs })
    }
    throw error
  }
}

function keepToken(parts: AcquisitionParts, granted: GrantedToken, course: Course): AccessToken {
  const { token, schedule, arrivedAtMonotonicMs, lifetimeSeconds } = granted
  const replacedLeftMs = parts.held()?.leftMs(readClocks(parts.clock))
  parts.keep(granted)
  parts.report({
    type: 'token_obtained',
    ...toldOf(parts, course),
    fingerprint: token.fingerprint,
    lifetimeSeconds,
    renewalAfterSeconds: (schedule.renewAtMonotonicMs - arrivedAtMonotonicMs) / 1000,
    outageBudgetSeconds: schedule.outageBudgetSeconds,
    replacedLeftSeconds:
      replacedLeftMs === undefined ? undefined : Math.max(0, replacedLeftMs) / 1000,
    attempts: course.attempts,
  })
  return token
}

function noteFailure(
  parts: AcquisitionParts,
  failure: Failure,
  course: Course,
): TokenAcquisitionError {
  const now = readClocks(parts.clock)
  const held = parts.held()
  const tokenLeftMs = Math.max(0, held?.leftMs(now) ?? 0)
  const opensAt = parts.pacing.failed(failure, now.monotonicMs, tokenLeftMs)
  held?.quietUntil(opensAt)
  const error = new TokenAcquisitionError(
    { ...failure, retryAfterMs: Math.ceil(opensAt - now.monotonicMs) },
    {
      attempts: course.attempts,
      servedUntilWallMs: tokenLeftMs > 0 ? now.wallMs + tokenLeftMs : undefined,
    },
  )
  if (course.attempts > 0) {
    parts.report({ type: 'token_request_failed', ...toldOf(parts, course), error })
  }
  return error
}

function toldOf({ label }: AcquisitionParts, { flight, durationMs }: Course) {
  const { number: flightNumber, trigger, waiters } = flight
  return { request: label, trigger, flightNumber, callers: waiters(), durationMs }
}
