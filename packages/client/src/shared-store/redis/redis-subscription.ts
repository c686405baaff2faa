/**
 * One connection that hears the publications of a fleet, for all clients that share a store.
 *
 * Invariants
 *  (1) There is a connection, or an attempt to get one, exactly while somebody listens.
 *  (2) A connection that is lost is replaced, however long it takes; then all who listened before are told of the gap.
 *  (3) A listener that throws harms nobody else.
 */
import { type Clock, guarded, type RandomSource, uniform } from '@mintmark/runtime'
import {
  listenPauseFirstMs,
  listenPauseMaxMs,
  listenTimeoutMs,
  redisCommandTimeoutMs,
} from '../../limits.ts'
import { withinTime } from '../../time-limit.ts'
import type { Publication } from '../shared-store.ts'
import { parsePublication } from './publication-text.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { StoreClock } from './store-clock.ts'

/** What listening needs. */
export interface RedisSubscriptionParts {
  readonly connection: RedisConnection
  readonly channel: string
  readonly clock: Clock
  readonly random: RandomSource
  readonly storeClock: StoreClock
}

interface Listener {
  readonly hear: (publication: Publication) => void
  readonly onGap: () => void
  /** Called when there is a connection; at first it ends the wait for one, afterwards it tells of a gap. */
  onListening: () => void
}

/** One time of listening, from the first listener to the last. */
interface Watch {
  isOver: boolean
  isListening: boolean
  /** Ends what is being waited for: the loss of the connection, or the pause after it. */
  wake: () => void
}

/** Whoever stops listening closes the connection when it is there. */
const UNTIL_IT_ENDS = new AbortController().signal

/** The publications of one channel. */
export class RedisSubscription {
  readonly #parts: RedisSubscriptionParts
  readonly #listeners = new Set<Listener>()
  #watch: Watch | undefined

  constructor(parts: RedisSubscriptionParts) {
    this.#parts = parts
  }

  /**
   * Adds a listener. Waits for the connection, a second at most; who begins without one is told of a gap once there is
   * one.
   *
   * @returns What removes the listener, and ends the connection after the last one.
   */
  async add(
    hear: (publication: Publication) => void,
    onGap: () => void,
  ): Promise<() => Promise<void>> {
    const listener = { hear: guarded(hear), onGap: guarded<void>(onGap), onListening: () => {} }
    this.#listeners.add(listener)
    this.#watch ??= this.#begin()
    if (!this.#watch.isListening) await this.#connected(listener)
    listener.onListening = listener.onGap
    return async () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.end()
    }
  }

  /** Ends the connection, whoever listens. */
  end(): void {
    this.#listeners.clear()
    const watch = this.#watch
    if (watch === undefined) return
    this.#watch = undefined
    watch.isOver = true
    watch.wake()
  }

  #connected(listener: Listener): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.schedule(redisCommandTimeoutMs, resolve)
      listener.onListening = () => {
        timer.cancel()
        listener.onListening = listener.onGap
        resolve()
      }
    })
  }

  #begin(): Watch {
    const watch = { isOver: false, isListening: false, wake: () => {} }
    void this.#keepListening(watch)
    return watch
  }

  /** Never rejects. */
  async #keepListening(watch: Watch): Promise<void> {
    let nextPauseMs = listenPauseFirstMs
    while (!watch.isOver) {
      let pauseMs = listenPauseFirstMs
      try {
        await this.#listenUntilLost(watch)
        nextPauseMs = listenPauseFirstMs
      } catch {
        pauseMs = nextPauseMs
        nextPauseMs = Math.min(listenPauseMaxMs, pauseMs * 2)
      }
      if (!watch.isOver) await this.#pause(watch, pauseMs)
    }
  }

  async #listenUntilLost(watch: Watch): Promise<void> {
    const { connection, channel, clock } = this.#parts
    const lost = new Promise<void>((resolve) => {
      watch.wake = resolve
    })
    const hear = (message: string): void => this.#hear(message)
    const onLost = watch.wake
    const stop = await withinTime(clock, listenTimeoutMs, UNTIL_IT_ENDS, (signal) =>
      connection.listen(channel, hear, onLost, signal),
    )
    if (!watch.isOver) {
      watch.isListening = true
      for (const { onListening } of this.#listeners) onListening()
      await lost
      watch.isListening = false
    }
    stop()
  }

  #pause(watch: Watch, pauseMs: number): Promise<void> {
    const { clock, random } = this.#parts
    return new Promise((resolve) => {
      watch.wake = resolve
      clock.schedule(pauseMs * (1 + uniform(random)), resolve)
    })
  }

  #hear(message: string): void {
    const publication = parsePublication(message, this.#parts.storeClock)
    if (publication === undefined) return
    for (const { hear } of this.#listeners) hear(publication)
  }
}
