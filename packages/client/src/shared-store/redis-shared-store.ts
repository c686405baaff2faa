/**
 * The shared store on Redis, or anything that speaks like it (Valkey): one key per record, one script per operation,
 * and one channel for everybody. Runs on a connection of the caller, and listens on one of its own.
 */
import { systemClock, systemRandom } from '@mintmark/runtime'
import { redisPrefixLengthMax } from '../limits.ts'
import { connectionOf, type RedisClient } from './redis/redis-client.ts'
import { RedisCommands, RedisFailure, type RedisReply } from './redis/redis-commands.ts'
import { RedisSubscription } from './redis/redis-subscription.ts'
import { budgetScript, circuitScript, type RedisScript, recordScript } from './redis/scripts.ts'
import { StoreClock } from './redis/store-clock.ts'
import type { SharedCircuit, SharedRecord, SharedStore } from './shared-store.ts'

/** What a driver for Redis may be told. */
export interface RedisSharedStoreOptions {
  /**
   * What the names of all keys and of the channel begin with: 1 to 64 of `A-Z a-z 0-9 . : _ -` and braces. Fleets with
   * different prefixes share nothing. Default `mintmark`.
   */
  readonly prefix?: string | undefined
}

const DEFAULT_PREFIX = 'mintmark'
const PREFIX = /^[A-Za-z0-9.:_{}-]+$/

/**
 * Makes a driver on a connection of ioredis or node-redis: standalone, through Sentinel, or a cluster.
 *
 * Sends nothing before the first operation, and never closes `redis`. An operation fails when it has not been answered
 * after a second, whatever the options of the connection say, and has no effect after that. What the connection itself
 * reports (events called `error`) remains the caller's to listen to.
 *
 * With access control, the connection needs the keys and the channel that begin with the prefix, and the commands EVAL,
 * EVALSHA, SUBSCRIBE, UNSUBSCRIBE, TIME, HMGET, HGET, HSET, DEL, PEXPIRE and PUBLISH.
 *
 * @throws TypeError for anything but such a connection, and for another prefix.
 */
export function redisSharedStore(
  redis: RedisClient,
  { prefix = DEFAULT_PREFIX }: RedisSharedStoreOptions = {},
): SharedStore {
  const [clock, random] = [systemClock, systemRandom]
  const storeClock = new StoreClock(clock)
  const connection = connectionOf(redis, random)
  const channel = `${checkedPrefix(prefix)}:published`
  const commands = new RedisCommands({ connection, channel, clock, storeClock })
  const subscription = new RedisSubscription({ connection, channel, clock, random, storeClock })

  const send: Send = (kind, script, name, operation, ...parameters) =>
    commands.run({ script, key: `${prefix}:${kind}:${name}`, name, operation, parameters })
  const ageOf = ({ atStoreMs }: RedisReply): number => storeClock.ageMs(atStoreMs)
  return {
    ...recordOperations(send, ageOf),
    ...circuitOperations(send, ageOf),
    spend: async (name, windows) => {
      const limits = windows.flatMap(({ windowSeconds, limit }) => [windowSeconds, limit])
      const { texts } = await send('budget', budgetScript, name, 'spend', ...limits)
      return texts.map(Number)
    },
    subscribe: (listener, onGap) => subscription.add(listener, onGap),
    close: async () => subscription.end(),
  }
}

type Send = (
  kind: string,
  script: RedisScript,
  name: string,
  operation: string,
  ...parameters: readonly (string | number)[]
) => Promise<RedisReply>

/** How long a reply was under way, in milliseconds. */
type AgeOf = (reply: RedisReply) => number

function recordOperations(
  send: Send,
  ageOf: AgeOf,
): Pick<SharedStore, 'read' | 'acquire' | 'write' | 'release' | 'retire' | 'clear'> {
  const run = send.bind(undefined, 'token', recordScript)
  return {
    read: async (name) => {
      const reply = await run(name, 'read')
      return recordOf(reply, ageOf(reply))
    },
    acquire: async (name, owner, leaseMs) => {
      const reply = await run(name, 'acquire', owner, whole(leaseMs))
      return { isAcquired: isDone(reply), record: recordOf(reply, ageOf(reply)) }
    },
    write: async (name, { owner, generation, sealed, lifetimeMs }) => {
      const reply = await run(name, 'write', owner, generation, sealed, whole(lifetimeMs))
      return isDone(reply) ? generation + 1 : undefined
    },
    release: async (name, owner) => {
      await run(name, 'release', owner)
    },
    retire: async (name, fingerprint, lifetimeMs) => {
      await run(name, 'retire', fingerprint, whole(lifetimeMs))
    },
    clear: async (name) => {
      await run(name, 'clear')
    },
  }
}

function circuitOperations(
  send: Send,
  ageOf: AgeOf,
): Pick<SharedStore, 'passCircuit' | 'openCircuit' | 'closeCircuit'> {
  const run = send.bind(undefined, 'circuit', circuitScript)
  return {
    passCircuit: async (name) => {
      const reply = await run(name, 'pass')
      return circuitOf(reply, ageOf(reply))
    },
    openCircuit: async (name, code, pauseMs, keepMs) => {
      await run(name, 'open', code, whole(pauseMs), whole(keepMs))
    },
    closeCircuit: async (name) => {
      await run(name, 'close')
    },
  }
}

function checkedPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && prefix.length <= redisPrefixLengthMax && PREFIX.test(prefix)) {
    return prefix
  }
  throw new TypeError(
    `prefix: expected 1 to ${redisPrefixLengthMax} of A-Z a-z 0-9 . : _ - and braces`,
  )
}

/** Redis keeps whole milliseconds. Cut, so that nothing lives longer than was asked. */
function whole(durationMs: number): number {
  return Math.max(0, Math.floor(durationMs))
}

function isDone({ texts }: RedisReply): boolean {
  return texts[0] === '1'
}

function recordOf({ texts }: RedisReply, ageMs: number): SharedRecord {
  const [, generation, sealed, remainingMs, leaseRemainingMs, fingerprints] = texts
  if (fingerprints === undefined) throw new RedisFailure()
  const left = (durationMs: string | undefined): number => Math.max(0, Number(durationMs) - ageMs)
  const isAlive = sealed !== '' && left(remainingMs) > 0
  return {
    generation: Number(generation),
    sealed: isAlive ? sealed : undefined,
    remainingMs: isAlive ? left(remainingMs) : 0,
    leaseRemainingMs: left(leaseRemainingMs),
    tombstones: fingerprints === '' ? [] : fingerprints.split(' '),
  }
}

function circuitOf({ texts }: RedisReply, ageMs: number): SharedCircuit | undefined {
  const [code, pauseMs, remainingMs] = texts
  if (code === undefined) return undefined
  const wasProbe = Number(remainingMs) === 0
  // Told to somebody who may not send, what is left never reads as the permission of the probe.
  const left = wasProbe ? 0 : Math.max(1, Number(remainingMs) - ageMs)
  return { code, pauseMs: Number(pauseMs), remainingMs: left }
}
