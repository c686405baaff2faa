/**
 * The real world. The only library file that touches `Date`, `performance`, timers, entropy, `fetch` and the
 * process's diagnostics channels; everything else gets them through the ports, which `tools/tidy.ts` enforces.
 */
import type { Clock, Scheduled, ScheduleOptions } from './clock.ts'
import { guarded, type Observer, silent } from './observer.ts'
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

/**
 * SHA-256 (FIPS 180-4). At once where the platform can: a small digest is done sooner than a thread is found for it,
 * and a program on a fake clock can wait for it. By WebCrypto elsewhere.
 */
export async function systemDigest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const builtIn = globalThis.process?.getBuiltinModule?.('node:crypto')
  if (builtIn !== undefined) return builtIn.createHash('sha256').update(bytes).digest()
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

/** The platform's `fetch`, looked up at each call so that instrumentation installed later is honoured. */
export const systemTransport: Transport = (input, init) => fetch(input, init)

/**
 * The same for a request that nobody waits for, as one for news is: on Node it does not keep the process alive, once it
 * is sent. One over HTTP/2 does, because its connection carries requests that somebody waits for.
 */
export const systemBackgroundTransport: Transport = async (input, init) => {
  background ??= openBackground()
  const url = input instanceof Request ? input.url : new URL(input).href
  return background.run(url, () => fetch(input, init))
}

/** Sends what is called in it in the background, where the platform can tell apart. */
interface Background {
  run<Result>(url: string, send: () => Result): Result
}

let background: Background | undefined

/**
 * `fetch` of Node hands out no socket, but tells of requests and their sockets on diagnostics channels. A request is
 * one of ours by the call that made it, and by its URL, in case it was made later by what another one set free.
 */
function openBackground(): Background {
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks')
  const channels = globalThis.process?.getBuiltinModule?.('node:diagnostics_channel')
  if (hooks === undefined || channels === undefined) return { run: (_, send) => send() }
  const urls = new hooks.AsyncLocalStorage<string>()
  const requests = new WeakSet<object>()
  channels.subscribe('undici:request:create', (message) => {
    const { request } = message as { request: { origin: string | URL; path: string } }
    const url = urls.getStore()
    if (url !== undefined && new URL(request.path, request.origin).href === url) {
      requests.add(request)
    }
  })
  channels.subscribe('undici:client:sendHeaders', (message) => {
    const { request, socket } = message as { request: object; socket: SentOver }
    if (requests.has(request) && socket.alpnProtocol !== 'h2') socket.unref()
  })
  return urls
}

/** What a request was written to: a socket of TCP, or of TLS. */
interface SentOver {
  readonly alpnProtocol?: unknown
  unref(): void
}

/**
 * Publishes on the diagnostics channel `name`, where anything in the process may listen without being wired to the
 * publisher. Costs next to nothing while nobody does, and does nothing on a platform that has no such channels.
 *
 * An exception of a subscriber never reaches the publisher; Node raises it as an uncaught one of the process.
 */
export function systemDiagnostics(name: string): Observer<unknown> {
  const channel = globalThis.process?.getBuiltinModule?.('node:diagnostics_channel').channel(name)
  return channel === undefined ? silent : guarded((message) => channel.publish(message))
}
