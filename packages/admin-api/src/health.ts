/**
 * Whether the process lives, and whether it should be sent requests. Neither needs a token: a load balancer has none,
 * and the answers tell nothing that a client could not find out by asking for a token.
 */
import { jsonAnswer, type PlainAnswer } from './plain-answer.ts'

/** What readiness depends on. */
export interface ReadinessReading {
  /** Whether the process takes requests: not before it is up, and not while it stops. */
  readonly isServing: boolean
  /** For how long the database could not be read; 0 while it can be. */
  readonly staleSeconds: number
  /** For how long that is acceptable. */
  readonly staleGraceSeconds: number
}

/** Why requests should go elsewhere. */
export type NotReadyReason = 'not_serving' | 'state_too_old'

/** Why requests should go elsewhere; `undefined`: they should not. */
export function notReadyReason(reading: ReadinessReading): NotReadyReason | undefined {
  if (!reading.isServing) return 'not_serving'
  return reading.staleSeconds > reading.staleGraceSeconds ? 'state_too_old' : undefined
}

/** Liveness: 200 as long as the process can answer at all. */
export const livenessAnswer: PlainAnswer = jsonAnswer(200, { live: true })

/**
 * Readiness: 200 or 503. A database that is away is no reason by itself: tokens are issued from what was read last, and
 * sending everybody to another node that cannot read it either helps nobody. One that stays away is.
 */
export function readinessAnswer(reading: ReadinessReading): PlainAnswer {
  const reason = notReadyReason(reading)
  const staleSeconds = Math.floor(reading.staleSeconds)
  if (reason === undefined) return jsonAnswer(200, { ready: true, stale_seconds: staleSeconds })
  return jsonAnswer(503, { ready: false, reason, stale_seconds: staleSeconds })
}
