/**
 * A fleet of real processes on a real Redis, with a token endpoint and an API that count. Everything ends with the
 * test.
 */
import { type ChildProcess, fork } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { TokenClientEvent } from '@mintmark/client'
import {
  type RedisProcess,
  some,
  startLoopbackServer,
  startRedisServer,
  the,
} from '@mintmark/testkit'
import type {
  CallReport,
  FleetMessage,
  FleetOrder,
  LoadReport,
  WorkerSettings,
} from './fleet-orders.ts'

/** One process. */
export interface FleetProcess {
  /** Wants a token so many times at once. */
  calls(count: number): Promise<CallReport>
  startLoad(url: string | null, everyMs: number): Promise<void>
  stopLoad(): Promise<LoadReport>
  changeSecret(secret: string): Promise<void>
  dispose(): Promise<void>
  /** How often an event of that type was told. */
  count(type: TokenClientEvent['type']): number
  /** Resolves when an event of that type is told for the first time. */
  told(type: TokenClientEvent['type']): Promise<void>
  signal(name: NodeJS.Signals): void
}

/** Both servers. */
export interface FleetServers {
  readonly tokenEndpoint: string
  readonly api: string
  readonly counts: { tokenRequests: number; apiCalls: number; apiRefusals: number }
  /** What the token endpoint does, from the next request on. */
  readonly behaviour: { latencyMs: number; lifetimeSeconds: number; clientSecret: string }
  /** Resolves when the token endpoint has been asked so many times in total. */
  asked(times: number): Promise<void>
  /** The API takes none of the tokens that were handed out so far any more. */
  revokeAll(): void
}

/** A fleet without any process yet. */
export interface Fleet {
  readonly redis: RedisProcess
  readonly servers: FleetServers
  /** Starts processes, and waits until all of them are connected. */
  start(count: number, settings?: Partial<WorkerSettings>): Promise<readonly FleetProcess[]>
}

const program = fileURLToPath(new URL('./fleet-worker.ts', import.meta.url))

/** Starts Redis and both servers. */
export async function startFleet(t: TestContext): Promise<Fleet> {
  const redis = await startRedisServer()
  t.after(() => redis.stop())
  const servers = await startServers(t)
  const defaults: WorkerSettings = {
    redisPort: redis.port,
    tokenEndpoint: servers.tokenEndpoint,
    clientId: the.clientId,
    clientSecret: the.clientSecret,
    scope: the.scope,
    storeKey: Buffer.alloc(32, 7).toString('base64url'),
    storeDeadlineMs: 5_000,
    coldEvery: 0,
    client: {},
  }
  return {
    redis,
    servers,
    start: (count, settings = {}) =>
      Promise.all(
        Array.from({ length: count }, () => startProcess(t, { ...defaults, ...settings })),
      ),
  }
}

async function startProcess(t: TestContext, settings: WorkerSettings): Promise<FleetProcess> {
  const child = fork(program, [JSON.stringify(settings)], {
    execArgv: ['--conditions=source', '--disable-warning=ExperimentalWarning'],
  })
  t.after(() => {
    child.kill('SIGKILL')
  })
  const line = new Line(child)
  await line.ready
  return {
    calls: (count) => line.ask('calls', count),
    startLoad: (url, everyMs) => line.ask('startLoad', url, everyMs),
    stopLoad: () => line.ask('stopLoad'),
    changeSecret: (secret) => line.ask('changeSecret', secret),
    dispose: () => line.ask('dispose'),
    count: (type) => line.counts.get(type) ?? 0,
    told: (type) => line.told(type),
    signal: (name) => void child.kill(name),
  }
}

/** The line to one process. Orders to a process that is killed are never answered. */
class Line {
  readonly counts = new Map<string, number>()
  readonly ready: Promise<void>
  readonly #child: ChildProcess
  readonly #answers = new Map<number, (result: unknown) => void>()
  readonly #awaited = new Map<string, () => void>()
  #orders = 0

  constructor(child: ChildProcess) {
    this.#child = child
    this.ready = new Promise((resolve, fail) => {
      child.once('exit', () => fail(new Error('a process of the fleet did not start')))
      child.on('message', (message: FleetMessage) => {
        if ('isReady' in message) resolve()
        else this.#hear(message)
      })
    })
  }

  ask<Result>(name: FleetOrder['name'], ...parameters: readonly unknown[]): Promise<Result> {
    this.#orders += 1
    const order: FleetOrder = { id: this.#orders, name, parameters }
    this.#child.send(order)
    return new Promise((resolve) => {
      this.#answers.set(order.id, resolve as (result: unknown) => void)
    })
  }

  told(type: string): Promise<void> {
    if (this.counts.has(type)) return Promise.resolve()
    return new Promise((resolve) => {
      this.#awaited.set(type, resolve)
    })
  }

  #hear(message: Exclude<FleetMessage, { isReady: true }>): void {
    if ('event' in message) {
      const { event } = message
      this.counts.set(event, (this.counts.get(event) ?? 0) + 1)
      this.#awaited.get(event)?.()
    } else {
      this.#answers.get(message.id)?.(message.result)
      this.#answers.delete(message.id)
    }
  }
}

async function startServers(t: TestContext): Promise<FleetServers> {
  const counts = { tokenRequests: 0, apiCalls: 0, apiRefusals: 0 }
  const behaviour = {
    latencyMs: 50,
    lifetimeSeconds: 3_600,
    clientSecret: the.clientSecret as string,
  }
  let taken = new Set<string>()
  const awaited = new Map<number, () => void>()

  const issue = (request: IncomingMessage, response: ServerResponse): void => {
    counts.tokenRequests += 1
    awaited.get(counts.tokenRequests)?.()
    const { latencyMs, lifetimeSeconds, clientSecret } = behaviour
    const basic = Buffer.from(`${the.clientId}:${clientSecret}`).toString('base64')
    setTimeout(() => {
      response.setHeader('content-type', 'application/json')
      if (request.headers.authorization !== `Basic ${basic}`) {
        response.writeHead(401).end(some.tokenError())
        return
      }
      const token = `fleet-token-${counts.tokenRequests}`
      taken.add(token)
      response.end(
        some.tokenResponse({ access_token: token, expires_in: lifetimeSeconds, scope: undefined }),
      )
    }, latencyMs)
  }
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    counts.apiCalls += 1
    const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
    if (taken.has(token)) {
      response.end('decided')
      return
    }
    counts.apiRefusals += 1
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
  }
  const server = await startLoopbackServer((request, response) => {
    request.resume()
    if (request.url === '/api') serve(request, response)
    else issue(request, response)
  })
  t.after(() => server.close())
  return {
    ...{ counts, behaviour, tokenEndpoint: `${server.origin}/token`, api: `${server.origin}/api` },
    asked: (times) =>
      counts.tokenRequests >= times
        ? Promise.resolve()
        : new Promise((resolve) => void awaited.set(times, resolve)),
    revokeAll: () => {
      taken = new Set()
    },
  }
}

/** The slowest of the fastest 99 %. */
export function p99(waitsMs: readonly number[]): number {
  const sorted = waitsMs.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0
}
