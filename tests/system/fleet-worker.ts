/**
 * One process of a fleet: a client that shares its tokens through Redis, and does what its parent asks. Started by
 * `fleet-processes.ts`.
 */
import { createTokenClient, TokenAcquisitionError, type TokenClient } from '@mintmark/client'
import { redisTokenStore } from '@mintmark/client/redis'
import { Redis } from 'ioredis'
import type { CallReport, FleetOrder, LoadReport, WorkerSettings } from './fleet-orders.ts'

const settings: WorkerSettings = JSON.parse(process.argv[2] ?? '')
const redis = new Redis({ port: settings.redisPort, host: '127.0.0.1', retryStrategy: () => 100 })
redis.on('error', () => undefined)
await redis.ping()

let { clientSecret } = settings
const client = createTokenClient({
  tokenEndpoint: settings.tokenEndpoint,
  clientId: settings.clientId,
  clientSecret: () => clientSecret,
  scope: settings.scope,
  allowedOrigins: [new URL(settings.tokenEndpoint).origin],
  store: redisTokenStore({
    redis,
    keys: settings.storeKey,
    deadlineMs: settings.storeDeadlineMs,
  }),
  observer: (event) => {
    process.send?.({ event: event.type })
  },
  ...settings.client,
})

/** What can be asked of this process. */
const orders = {
  /** Wants a token so many times at once. */
  calls: async (count: number): Promise<CallReport> => {
    const report = {
      fingerprints: new Set<string>(),
      failures: [] as string[],
      waitsMs: [] as number[],
    }
    const call = async (): Promise<void> => {
      const start = performance.now()
      try {
        report.fingerprints.add((await client.token()).fingerprint)
      } catch (error) {
        report.failures.push(codeOf(error))
      }
      report.waitsMs.push(performance.now() - start)
    }
    await Promise.all(Array.from({ length: count }, call))
    return { ...report, fingerprints: [...report.fingerprints] }
  },
  startLoad: async (url: string | null, everyMs: number): Promise<void> => load.start(url, everyMs),
  stopLoad: async (): Promise<LoadReport> => load.stop(),
  changeSecret: async (secret: string): Promise<void> => {
    clientSecret = secret
  },
  dispose: async (): Promise<void> => {
    await client.dispose()
  },
}

/** Calls all the time: for a token or for an API, and now and then for a token that nobody has asked for before. */
class Load {
  #timer: NodeJS.Timeout | undefined
  #calls: Promise<void>[] = []
  #report: LoadReport = emptyReport()
  #colds = 0

  start(url: string | null, everyMs: number): void {
    this.#report = emptyReport()
    this.#calls = []
    this.#timer = setInterval(() => {
      this.#calls.push(this.#call(client, url))
      if (settings.coldEvery > 0 && this.#calls.length % settings.coldEvery === 0) {
        this.#colds += 1
        this.#calls.push(this.#call(client.for({ scope: `cold:${this.#colds}` }), null))
      }
    }, everyMs)
  }

  async stop(): Promise<LoadReport> {
    clearInterval(this.#timer)
    await Promise.all(this.#calls)
    return this.#report
  }

  async #call(view: TokenClient, url: string | null): Promise<void> {
    const report = this.#report
    const start = performance.now()
    try {
      if (url === null) await view.token()
      else await this.#fetch(view, url)
    } catch (error) {
      count(report.failures, codeOf(error))
    }
    const waitedMs = performance.now() - start
    report.calls += 1
    report.longestWaitMs = Math.max(report.longestWaitMs, waitedMs)
    report.lastCallAtWallMs = Date.now()
  }

  async #fetch(view: TokenClient, url: string): Promise<void> {
    const response = await view.fetch(url)
    await response.arrayBuffer()
    if (response.status !== 200) count(this.#report.failures, String(response.status))
  }
}

function emptyReport(): LoadReport {
  return { calls: 0, failures: {}, longestWaitMs: 0, lastCallAtWallMs: 0 }
}

function count(failures: Record<string, number>, code: string): void {
  failures[code] = (failures[code] ?? 0) + 1
}

function codeOf(error: unknown): string {
  return error instanceof TokenAcquisitionError ? error.code : String(error)
}

const load = new Load()

process.on('message', ({ id, name, parameters }: FleetOrder) => {
  const order = orders[name] as (...given: readonly unknown[]) => Promise<unknown>
  void order(...parameters).then((result) => process.send?.({ id, result }))
})
process.on('disconnect', () => process.exit())
process.send?.({ isReady: true })

export type Orders = typeof orders
