/** Our authorization server and an API behind our guard, both behind real ports, for tokens bound to keys. */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import type { TestContext } from 'node:test'
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import { createGuard, type GuardEvent, type GuardOptions } from '@mintmark/resource-server'
import { introspection } from '@mintmark/resource-server/introspection'
import { protect } from '@mintmark/resource-server/node'
import { startLoopbackServer } from '@mintmark/testkit'

export const resource = 'https://api.example'
export const clientId = 'bound-client'
export const scope = 'read'

/** A request as the API got it, refused or not. */
export type ReceivedRequest = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders' | 'headers'>

/** Both servers. They end with the test. */
export interface BoundApi {
  readonly issuer: string
  readonly clientSecret: string
  readonly api: string
  readonly received: readonly ReceivedRequest[]
  readonly events: readonly GuardEvent[]
}

/** Starts both. Every token of the one client is bound to a key. */
export async function startBoundApi(
  context: TestContext,
  options: Partial<GuardOptions> = {},
  tokenFormat: 'jwt' | 'opaque' = 'jwt',
): Promise<BoundApi> {
  const running = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:') }),
  })
  context.after(() => running.close())
  const { registry, issuer } = running.server
  await registry.createResource({ id: resource, scope, tokenFormat })
  const asker = await registry.createClient({ id: 'api', scope: '', servesResources: [resource] })
  assert.ok(asker.ok)
  const settings = { senderConstraint: 'dpop' } as const
  const created = await registry.createClient({ id: clientId, scope, settings })
  assert.ok(created.ok)
  const received: ReceivedRequest[] = []
  const events: GuardEvent[] = []
  const api = await startLoopbackServer((request, response) => {
    const { method, url, rawHeaders, headers } = request
    received.push({ method, url, rawHeaders, headers })
    void listener(request, response)
  })
  context.after(() => api.close())
  const apiSecret = asker.value.clientSecret?.reveal() ?? ''
  const guard = createGuard({
    ...{ issuer, audience: resource, publicOrigin: api.origin },
    ...(tokenFormat === 'opaque' && {
      introspection: introspection({ clientId: 'api', clientSecret: apiSecret }),
    }),
    observer: (event) => void events.push(event),
    ...options,
  })
  context.after(() => guard.dispose())
  const listener = protect({ guard, scope })((_request, response, { clientId: caller }) => {
    response.end(caller)
  })
  const clientSecret = created.value.clientSecret?.reveal() ?? ''
  return { issuer, clientSecret, api: api.origin, received, events }
}
