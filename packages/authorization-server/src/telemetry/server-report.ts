/** What a server tells of itself: plain values, so that a process can hand its own to another one that adds them up. */

import { type DurationCounts, sumOfDurations } from './request-durations.ts'

/** A number by one or more names from fixed lists. */
export type Count<Label extends string> = { readonly [Name in Label]: string } & {
  readonly count: number
}

/** A server at one instant. Counts start at 0 when it is made. */
export interface ServerReport {
  readonly tokensIssued: number
  readonly tokensRevoked: number
  readonly introspections: { readonly active: number; readonly inactive: number }
  /** Clients that proved who they are, by method. */
  readonly authentications: readonly Count<'method'>[]
  readonly refusals: readonly Count<'endpoint' | 'reason'>[]
  /** How long requests took that were answered. */
  readonly durations: readonly DurationCounts[]
  /** What policies in shadow mode would have refused. */
  readonly shadowedRefusals: readonly Count<'policy'>[]
  /** Token requests that wait for their signature. */
  readonly signaturesWaiting: number
  /** How often the database was asked. Issuing a token never does. */
  readonly storage: { readonly reads: number; readonly writes: number }
  readonly signingKeys: readonly Count<'algorithm' | 'state'>[]
  readonly registry: {
    /** Of the newest change that is in force. */
    readonly sequence: number
    readonly clients: number
    readonly reloads: number
    readonly failedReloads: number
    /** How long the database could not be read; 0 while it can be. */
    readonly staleSeconds: number
  }
}

/**
 * Adds up the reports of several processes of one node, at least one of which runs. What cannot be added is that of the
 * worst. Of those that have `ended`, with their last reports, only what they counted is left.
 */
export function sumOfReports(
  running: readonly ServerReport[],
  ended: readonly ServerReport[] = [],
): ServerReport {
  const reports = [...running, ...ended]
  const sum = (read: (report: ServerReport) => number, from = reports) =>
    from.reduce((total, report) => total + read(report), 0)
  const each = (read: (report: ServerReport) => number) => running.map(read)
  return {
    tokensIssued: sum((report) => report.tokensIssued),
    tokensRevoked: sum((report) => report.tokensRevoked),
    introspections: {
      active: sum((report) => report.introspections.active),
      inactive: sum((report) => report.introspections.inactive),
    },
    authentications: sumOfCounts(reports.flatMap((report) => report.authentications)),
    refusals: sumOfCounts(reports.flatMap((report) => report.refusals)),
    durations: sumOfDurations(reports.flatMap((report) => report.durations)),
    shadowedRefusals: sumOfCounts(reports.flatMap((report) => report.shadowedRefusals)),
    signaturesWaiting: sum((report) => report.signaturesWaiting, [...running]),
    storage: {
      reads: sum((report) => report.storage.reads),
      writes: sum((report) => report.storage.writes),
    },
    // Those of one node are the same in each of its processes.
    signingKeys: reports[0]?.signingKeys ?? [],
    registry: {
      sequence: Math.min(...each((report) => report.registry.sequence)),
      clients: Math.min(...each((report) => report.registry.clients)),
      reloads: sum((report) => report.registry.reloads),
      failedReloads: sum((report) => report.registry.failedReloads),
      staleSeconds: Math.max(...each((report) => report.registry.staleSeconds)),
    },
  }
}

function sumOfCounts<Label extends string>(
  counts: readonly Count<Label>[],
): readonly Count<Label>[] {
  const sums = new Map<string, Count<Label>>()
  for (const { count, ...labels } of counts) {
    const name = JSON.stringify(labels)
    const before = sums.get(name)?.count ?? 0
    sums.set(name, { ...labels, count: before + count } as unknown as Count<Label>)
  }
  return [...sums.values()]
}
