/**
 * Decisions made in Redis, each within its deadline, whatever the client library does with a command that it cannot
 * send: what it keeps and sends later takes nothing any more.
 */
import type { Clock } from '@mintmark/runtime'
import type { RedisTrouble } from '../events.ts'
import type { LimitPurpose, LimitRequest } from '../limiter.ts'
import { redisCommandsMax, redisGraceMs } from '../limits.ts'
import { costOf } from '../verdict.ts'
import type { BucketNames } from './bucket-names.ts'
import { LIMIT_SCRIPT, LIMIT_SCRIPT_SHA, TOO_LATE } from './limit-script.ts'
import type { RedisConnection } from './redis-client.ts'
import { RedisClock } from './redis-clock.ts'

/** Redis, or the way to it, could not decide. Carries a code only: a server's words may quote what was sent. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure'
  override readonly message = 'Redis did not decide'
  readonly reason: RedisTrouble

  constructor(reason: RedisTrouble) {
    super()
    this.reason = reason
  }
}

/** What decisions are made with. */
export interface RedisDecisionParts {
  readonly connection: RedisConnection
  readonly names: BucketNames
  readonly clock: Clock
  readonly deadlineMs: number
}

/** Asks Redis. */
export class RedisDecisions {
  readonly #parts: RedisDecisionParts
  readonly #redisClock = new RedisClock()
  #underWay = 0

  constructor(parts: RedisDecisionParts) {
    this.#parts = parts
  }

  /** The debts of the buckets before the decision, in microseconds. Rejects with {@link RedisFailure} only. */
  debts(requests: readonly LimitRequest[], purpose: LimitPurpose): Promise<readonly number[]> {
    return this.#withinTime(async (endMonotonicMs) => {
      const names = await this.#parts.names.of(requests)
      return this.#decide(names, purpose, requests.flatMap(parametersOf), endMonotonicMs)
    })
  }

  /** Whether Redis runs the script, on a bucket that is nobody's. */
  probe(): Promise<readonly number[]> {
    const nothing = ['0', '0', '0']
    return this.#withinTime((endMonotonicMs) =>
      this.#decide([this.#parts.names.probe], 'peek', nothing, endMonotonicMs),
    )
  }

  #withinTime<Value>(work: (endMonotonicMs: number) => Promise<Value>): Promise<Value> {
    if (this.#underWay >= redisCommandsMax) return Promise.reject(new RedisFailure('overloaded'))
    const { clock, deadlineMs } = this.#parts
    this.#underWay += 1
    return new Promise<Value>((resolve, reject) => {
      const options = { keepsProcessAlive: true }
      const expire = (): void => reject(new RedisFailure('timed_out'))
      let timer = clock.schedule(
        deadlineMs,
        () => {
          timer = clock.schedule(redisGraceMs, expire, options)
        },
        options,
      )
      work(clock.monotonicMs() + deadlineMs)
        .then(resolve, () => reject(new RedisFailure('failed')))
        .finally(() => {
          timer.cancel()
          this.#underWay -= 1
        })
    })
  }

  async #decide(
    names: readonly string[],
    purpose: LimitPurpose,
    parameters: readonly string[],
    endMonotonicMs: number,
  ): Promise<readonly number[]> {
    // Once more when the clock of this node is ahead of what was known; a node that says so again is not well.
    const { clock } = this.#parts
    for (let attempts = 2; attempts > 0; attempts--) {
      const latestUs = this.#redisClock.microsecondsAt(endMonotonicMs)
      const reply = await this.#evaluate(names, [String(latestUs), purpose, ...parameters])
      const [atUs, word, ...debtsUs] = Array.isArray(reply) ? reply.map(String) : []
      if (!isWhole(Number(atUs))) break
      this.#redisClock.hear(Number(atUs) / 1_000, clock.monotonicMs())
      if (word === purpose && debtsUs.length === names.length) return debtsUs.map(debtOf)
      if (word !== TOO_LATE || clock.monotonicMs() >= endMonotonicMs) break
    }
    throw new RedisFailure('failed')
  }

  async #evaluate(names: readonly string[], parameters: readonly string[]): Promise<unknown> {
    const { connection } = this.#parts
    try {
      return await connection.evaluateCached(LIMIT_SCRIPT_SHA, names, parameters)
    } catch (error) {
      const isMissing = error instanceof Error && error.message.startsWith('NOSCRIPT')
      if (!isMissing) throw error
      return connection.evaluate(LIMIT_SCRIPT, names, parameters)
    }
  }
}

function parametersOf(request: LimitRequest): readonly string[] {
  const { capacityUs, intervalUs, mode } = request.policy
  return [capacityUs, costOf(request) * intervalUs, mode === 'enforced' ? 1 : 0].map(String)
}

function debtOf(text: string): number {
  const debtUs = Number(text)
  if (isWhole(debtUs)) return debtUs
  throw new RedisFailure('failed')
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
