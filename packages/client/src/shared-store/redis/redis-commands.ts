/**
 * Commands to Redis that end in time, and that have no effect once nobody waits for them any more.
 *
 * A client library may keep a command for as long as it has no connection, and sends it again when it lost one; a
 * paused server finds it in its socket when it goes on. So each command says until when it may run, and the time limit
 * here is the same instant.
 */
import type { Clock } from '@mintmark/runtime'
import { redisCommandsMax, redisCommandTimeoutMs } from '../../limits.ts'
import { withinTime } from '../../time-limit.ts'
import type { RedisConnection } from './redis-connection.ts'
import { type RedisScript, TOO_LATE, timeScript } from './scripts.ts'
import type { StoreClock } from './store-clock.ts'

/** Redis, or the way to it, could not do what was asked. Carries nothing: a server's words may quote what was sent. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure'
  override readonly message = 'Redis did not do what the shared store asked'
}

/** What one command says to a script. */
export interface RedisCommand {
  readonly script: RedisScript
  readonly key: string
  readonly name: string
  readonly operation: string
  readonly parameters: readonly (string | number)[]
}

/** A reply: when it was made, by the clock of the store, and what it says. */
export interface RedisReply {
  readonly atStoreMs: number
  readonly texts: readonly string[]
}

/** What commands are sent with. */
export interface RedisCommandParts {
  readonly connection: RedisConnection
  readonly channel: string
  readonly clock: Clock
  readonly storeClock: StoreClock
}

/** Sends commands. */
export class RedisCommands {
  readonly #parts: RedisCommandParts
  #underWay = 0

  constructor(parts: RedisCommandParts) {
    this.#parts = parts
  }

  /** Rejects with `TimeLimitExceeded` after a second, and with {@link RedisFailure} for everything else. */
  async run(command: RedisCommand): Promise<RedisReply> {
    if (this.#underWay >= redisCommandsMax) throw new RedisFailure()
    const { clock } = this.#parts
    const endMonotonicMs = clock.monotonicMs() + redisCommandTimeoutMs
    // It is not called back: it ends by itself, and soon.
    return withinTime(clock, redisCommandTimeoutMs, undefined, () =>
      this.#inTime(command, endMonotonicMs),
    )
  }

  async #inTime(command: RedisCommand, endMonotonicMs: number): Promise<RedisReply> {
    const { clock, storeClock } = this.#parts
    if (!storeClock.isKnown) await this.#send({ ...command, script: timeScript }, 0)
    for (;;) {
      const reply = await this.#send(command, storeClock.storeMsAt(endMonotonicMs))
      if (reply.texts[0] !== TOO_LATE) return reply
      // The clock of this node is ahead of what was known until now. If we are not late ourselves, once more.
      if (clock.monotonicMs() >= endMonotonicMs) throw new RedisFailure()
    }
  }

  async #send(command: RedisCommand, latestStoreMs: number): Promise<RedisReply> {
    const { channel, storeClock } = this.#parts
    const { script, key, name, operation, parameters } = command
    const latest = Math.max(0, Math.floor(latestStoreMs))
    const texts = [latest, channel, name, operation, ...parameters].map(String)
    this.#underWay += 1
    try {
      const reply = replyOf(await this.#evaluate(script, key, texts))
      storeClock.hear(reply.atStoreMs)
      return reply
    } catch {
      throw new RedisFailure()
    } finally {
      this.#underWay -= 1
    }
  }

  async #evaluate(script: RedisScript, key: string, texts: readonly string[]): Promise<unknown> {
    const { connection } = this.#parts
    const sha = await script.sha()
    try {
      return await connection.evaluateCached(sha, key, texts)
    } catch (error) {
      if (!isScriptMissing(error)) throw error
      return connection.evaluate(script.source, key, texts)
    }
  }
}

function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}

/** Libraries give texts as strings or, where the caller asked for it, as buffers. */
function replyOf(reply: unknown): RedisReply {
  const [at, ...texts] = Array.isArray(reply) ? reply.map(String) : []
  const atStoreMs = Number(at)
  if (Number.isFinite(atStoreMs)) return { atStoreMs, texts }
  throw new RedisFailure()
}
