/**
 * Whether a client secret can be retired without stopping anybody: the verdict, from what all nodes reported.
 *
 * Invariants
 *  (1) "Safe" means: from `unusedSince` on, for at least `lifetimes` token lifetimes, some node was serving all the
 *      time, every node has reported up to the end of that stretch, and none of them saw the secret. Whoever still
 *      uses it asks for a token at least once a lifetime, so it would have been seen.
 *  (2) A node that is late, slow or cut off makes the verdict "not safe" until it reports; what it saw after its last
 *      report is no evidence. One that has said nothing for `nodeForgottenMs` is taken for dead. A node reports before
 *      it serves; one that started while the database was away is known as soon as the database is back.
 *  (3) Doubt counts as use: a use counts until the end of its hour, and clocks of nodes may differ by `nodeSkewMs`.
 */
import {
  nodeForgottenMs,
  nodeSkewMs,
  observationGapMs,
  reportOverdueMs,
  usageHourMs,
} from '../limits.ts'
import type { NodeReport, SecretRecord, SecretUsage } from '../storage/records.ts'
import { isoText, secretState } from './client-view.ts'

/** Whether a secret can be retired, and if not, why and when at the earliest. */
export type RetirementVerdict =
  | {
      readonly safe: true
      /** Since when nobody has used it; `undefined`: it is not accepted any more. */
      readonly unusedSince: string | undefined
    }
  | {
      readonly safe: false
      /**
       * `used`: too recently, or possibly so. `unused_too_briefly`: never used, but also not old enough. `node_silent`:
       * a node has not said lately what it saw. `unobserved`: no node was serving all that time.
       */
      readonly reason: 'used' | 'unused_too_briefly' | 'node_silent' | 'unobserved'
      /** The earliest instant at which it may be safe; `undefined`: as soon as some node serves for long enough. */
      readonly safeFrom: string | undefined
    }

/** What a verdict is based on. */
export interface RetirementEvidence {
  readonly secret: SecretRecord
  /** Its last use; `undefined`: none that a node has reported. */
  readonly usage: SecretUsage | undefined
  readonly nodes: readonly NodeReport[]
  /** The longest that a token of its client lives. */
  readonly lifetimeSeconds: number
  /** How many of those it must be unused. */
  readonly lifetimes: number
  readonly nowWallMs: number
}

/** Decides whether the secret can be retired. */
export function retirementVerdict(evidence: RetirementEvidence): RetirementVerdict {
  const { secret, usage, nodes, lifetimeSeconds, lifetimes, nowWallMs } = evidence
  if (secretState(secret, nowWallMs) !== 'active') return { safe: true, unusedSince: undefined }
  const spanMs = lifetimes * lifetimeSeconds * 1000 + nodeSkewMs
  const known = nodes.filter((node) => node.reportedUntilWallMs > nowWallMs - nodeForgottenMs)
  const serving = known.filter((node) => !node.stopped)
  const silent = serving.filter((node) => node.reportedUntilWallMs < nowWallMs - reportOverdueMs)
  if (silent.length > 0) {
    const latest = Math.max(...silent.map((node) => node.reportedUntilWallMs))
    return unsafe('node_silent', latest + nodeForgottenMs)
  }
  if (serving.length === 0) return unsafe('unobserved', undefined)
  const end = Math.min(...serving.map((node) => node.reportedUntilWallMs))
  const observedSince = startOfObservation(nodes, end)
  const unusedSince = usage === undefined ? secret.createdAtWallMs : usage.hourWallMs + usageHourMs
  const since = Math.max(observedSince, unusedSince)
  if (end - since >= spanMs) return { safe: true, unusedSince: isoText(since) }
  if (observedSince > unusedSince) return unsafe('unobserved', since + spanMs)
  return unsafe(usage === undefined ? 'unused_too_briefly' : 'used', since + spanMs)
}

/** Since when, without a gap until `end`, at least one node was serving. A restart is no gap. */
function startOfObservation(nodes: readonly NodeReport[], end: number): number {
  const newestFirst = [...nodes].sort(
    (one, other) => other.reportedUntilWallMs - one.reportedUntilWallMs,
  )
  let start = end
  for (const { startedAtWallMs, reportedUntilWallMs } of newestFirst) {
    if (reportedUntilWallMs < start - observationGapMs) break
    start = Math.min(start, startedAtWallMs)
  }
  return start
}

function unsafe(
  reason: Extract<RetirementVerdict, { readonly safe: false }>['reason'],
  safeFromWallMs: number | undefined,
): RetirementVerdict {
  const safeFrom = safeFromWallMs === undefined ? undefined : isoText(safeFromWallMs)
  return { safe: false, reason, safeFrom }
}
