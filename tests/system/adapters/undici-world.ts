/** Dispatchers of undici with the interceptor, in the world of the adapters. */
import type { TestContext } from 'node:test'
import { authorizeInterceptor } from '@mintmark/client/undici'
import { Agent, type Dispatcher, Pool } from 'undici'
import { type AdapterWorld, INVALID_TOKEN } from './adapter-world.ts'
import { adapterWorld } from './with-adapter-world.ts'

export interface PoolWorld {
  readonly world: AdapterWorld
  readonly pool: Dispatcher
}

/** A pool of one connection, with other interceptors before and after ours in `compose`. */
export async function poolWorld(
  t: TestContext,
  {
    before = [],
    after = [],
  }: {
    readonly before?: readonly Dispatcher.DispatcherComposeInterceptor[]
    readonly after?: readonly Dispatcher.DispatcherComposeInterceptor[]
  } = {},
): Promise<PoolWorld> {
  const world = await adapterWorld(t)
  const pool = new Pool(world.api, { connections: 1 })
  t.after(() => pool.destroy())
  const interceptor = authorizeInterceptor(world.client())
  return { world, pool: pool.compose([...before, interceptor, ...after]) }
}

/** An agent, which follows to other origins. */
export async function agentWorld(t: TestContext): Promise<PoolWorld> {
  const world = await adapterWorld(t)
  const agent = new Agent()
  t.after(() => agent.destroy())
  return { world, pool: agent.compose(authorizeInterceptor(world.client())) }
}

/** Refuses once, with a body that takes several packets. */
export function refuseOnce(
  world: AdapterWorld,
  path: string,
  headers: Record<string, string> = {},
): void {
  let count = 0
  world.onPath(path, (_arrival, response) => {
    count += 1
    if (count > 1) return void response.end('served')
    response.writeHead(401, { 'www-authenticate': INVALID_TOKEN, ...headers })
    response.end('x'.repeat(50_000))
  })
}

/** No new tokens from now on. */
export function failRenewals(world: AdapterWorld): void {
  world.onTokenRequest((_arrival, response) => void response.writeHead(503).end())
}
