/**
 * Which client secrets this node saw, hour by hour, written behind.
 *
 * Invariants
 *  (1) A use that was seen before in the same hour costs one look into a set: nothing is allocated, nothing is written.
 *  (2) A report says up to when it is complete, and says so only when all that was seen until then is stored. What
 *      cannot be stored stays for the next attempt.
 *  (3) Of a use remain the hour and the network of its first sight in that hour: an IPv4 /24 or IPv6 /48.
 */
import type { Clock, Scheduled } from '@mintmark/runtime'
import type { CallerAddresses, CallerRequest } from '../http/caller-address.ts'
import { networkOfAddress } from '../http/network-of-address.ts'
import { usageBatchMax, usageFlushDelayMs, usageHourMs, usageReportIntervalMs } from '../limits.ts'
import type { NodeReport, SecretUsage } from '../storage/records.ts'
import type { StorageSession } from '../storage/storage.ts'

/** What the recorder writes to, and the clock that it goes by. */
export interface SecretUsageWorld {
  readonly session: Pick<StorageSession, 'recordUsage'>
  readonly clock: Clock
  /** Asked only when a use is news. */
  readonly callers: Pick<CallerAddresses, 'of'>
  /** Random, and new for each process. */
  readonly nodeId: string
}

/** Counts on the hot path, and reports in the background. */
export class SecretUsageRecorder {
  readonly #world: SecretUsageWorld
  readonly #startedAtWallMs: number
  readonly #seen = new Set<string>()
  readonly #pending = new Map<string, SecretUsage>()
  #hourWallMs: number
  #reportedUntilWallMs: number
  #flushing: Promise<void> | undefined
  #next: Scheduled | undefined
  #isStopped = false

  constructor(world: SecretUsageWorld) {
    this.#world = world
    this.#startedAtWallMs = world.clock.wallMs()
    this.#hourWallMs = hourOf(this.#startedAtWallMs)
    this.#reportedUntilWallMs = this.#startedAtWallMs
  }

  /** Notes that a request used the secret just now. */
  record(secretId: string, request: CallerRequest): void {
    const nowWallMs = this.#world.clock.wallMs()
    if (nowWallMs - this.#hourWallMs >= usageHourMs || nowWallMs < this.#hourWallMs) {
      this.#hourWallMs = hourOf(nowWallMs)
      this.#seen.clear()
    }
    if (this.#seen.has(secretId)) return
    this.#seen.add(secretId)
    const network = networkOfAddress(this.#world.callers.of(request))
    if (this.#pending.size === 0) this.#scheduleNext(usageFlushDelayMs)
    this.#pending.set(secretId, { secretId, hourWallMs: this.#hourWallMs, network })
  }

  /** Reports now, so that everybody knows of this node, and from then on again and again. */
  async start(): Promise<void> {
    await this.flush()
  }

  /** Stores what was seen until now. One at a time; resolves also when it could not be stored. */
  async flush(stopped = false): Promise<void> {
    await this.#flushing
    this.#flushing = this.#store(stopped).catch(() => undefined)
    await this.#flushing
    this.#scheduleNext(this.#pending.size > 0 ? usageFlushDelayMs : usageReportIntervalMs)
  }

  /** Stores the rest and says that nothing more will come. Whatever is recorded later is lost. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#next?.cancel()
    await this.flush(true)
  }

  #scheduleNext(delayMs: number): void {
    this.#next?.cancel()
    if (this.#isStopped) return
    this.#next = this.#world.clock.schedule(delayMs, () => void this.flush())
  }

  async #store(stopped: boolean): Promise<void> {
    const { session, clock } = this.#world
    const untilWallMs = clock.wallMs()
    const usage = [...this.#pending.values()]
    const rest = Math.max(0, usage.length - usageBatchMax)
    // Many rows go in several transactions, so that no other waits for long. The last one carries the new report.
    for (let at = 0; at < rest; at += usageBatchMax) {
      const batch = usage.slice(at, Math.min(at + usageBatchMax, rest))
      await session.recordUsage(batch, this.#report(this.#reportedUntilWallMs, false))
      this.#forget(batch)
    }
    const last = usage.slice(rest)
    await session.recordUsage(last, this.#report(untilWallMs, stopped))
    this.#forget(last)
    this.#reportedUntilWallMs = untilWallMs
  }

  /** A secret that was seen again meanwhile, in a later hour, is another record and stays. */
  #forget(stored: readonly SecretUsage[]): void {
    for (const usage of stored) {
      if (this.#pending.get(usage.secretId) === usage) this.#pending.delete(usage.secretId)
    }
  }

  #report(reportedUntilWallMs: number, stopped: boolean): NodeReport {
    const startedAtWallMs = this.#startedAtWallMs
    return { nodeId: this.#world.nodeId, startedAtWallMs, reportedUntilWallMs, stopped }
  }
}

function hourOf(wallMs: number): number {
  return Math.floor(wallMs / usageHourMs) * usageHourMs
}
