/** A server in memory and its admin port, on a port of its own. */
import {
  type AuthorizationServer,
  createAuthorizationServer,
  sqlite,
} from '@mintmark/authorization-server'
import { systemTransport } from '@mintmark/runtime'
import { FakeClock, the } from '@mintmark/testkit'
import { type AdminApiOptions, createAdminApi, listenAdmin } from '../src/index.ts'

export interface AdminWorld extends AsyncDisposable {
  readonly server: AuthorizationServer
  readonly clock: FakeClock
  readonly origin: string
  get(path: string, init?: RequestInit): Promise<Response>
}

export async function adminWorld(options: Partial<AdminApiOptions> = {}): Promise<AdminWorld> {
  const clock = new FakeClock()
  const storage = sqlite(':memory:')
  const server = await createAuthorizationServer({ issuer: the.issuer, storage, clock })
  const api = createAdminApi({ server, ...options })
  const running = await listenAdmin(api, { host: '127.0.0.1', port: 0 })
  return {
    server,
    clock,
    origin: running.origin,
    get: (path, init) => systemTransport(running.origin + path, init),
    async [Symbol.asyncDispose]() {
      await running.close()
      await server.close()
    },
  }
}
