/**
 * The real world. The only library file that touches `Date`, `performance`, timers, entropy and `fetch`;
 * everything else gets them through the ports, which `tools/tidy.ts` enforces.
 */
import type { Clock, Scheduled, ScheduleOptions } from './clock.ts'
import type { RandomSource } from './random.ts'
import type { Transport } from './transport.ts'

const TIMER_DELAY_MAX_MS = 2 ** 31 - 1

/** The machine's clocks and timers. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs: number, task: () => void, options?: ScheduleOptions): Scheduled {
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), TIMER_DELAY_MAX_MS))
    // Timers are plain numbers on Workers and in browsers, where nothing keeps a process alive.
    if (options?.keepsProcessAlive !== true && typeof timer === 'object') timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}

/** The platform's cryptographically strong generator. */
export const systemRandom: RandomSource = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
}

/** The platform's `fetch`, looked up at each call so that instrumentation installed later is honoured. */
export const systemTransport: Transport = (input, init) => fetch(input, init)
