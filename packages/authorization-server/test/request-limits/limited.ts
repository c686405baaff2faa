/** A server with limits, in memory, and callers with addresses. */
import type { Limiter } from '@mintmark/limits'
import { type ClientSecret, redact } from '@mintmark/protocol'
import { FakeClock, the } from '@mintmark/testkit'
import {
  type AuthorizationServer,
  type AuthorizationServerEvent,
  type AuthorizationServerOptions,
  type ClientDraft,
  createAuthorizationServer,
  sqlite,
} from '../../src/index.ts'

export const here = '203.0.113.7'
export const elsewhere = '198.51.100.9'

/** One request, told by what is special about it. */
export interface Call {
  readonly from?: string | undefined
  readonly secret?: string
  readonly clientId?: string
  readonly path?: string
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

export interface Limited extends AsyncDisposable {
  readonly server: AuthorizationServer
  readonly clock: FakeClock
  readonly events: AuthorizationServerEvent[]
  readonly secret: string
  call(call?: Call): Promise<Response>
  statuses(count: number, call?: Call): Promise<number[]>
  /** Why requests were refused, in order. */
  reasons(): string[]
}

export type LimitedOptions = Partial<AuthorizationServerOptions>

export async function limited(
  options: LimitedOptions = {},
  settings: ClientDraft['settings'] = {},
): Promise<Limited> {
  const clock = new FakeClock()
  const events: AuthorizationServerEvent[] = []
  const server = await createAuthorizationServer({
    ...{ issuer: the.issuer, storage: sqlite(':memory:'), clock },
    observer: (event) => void events.push(event),
    ...options,
  })
  await server.registry.createResource({ id: the.audience, scope: the.scope })
  const secret = await register(server, { id: the.clientId, scope: the.scope, settings })
  const call = ({
    from = here,
    clientId = the.clientId,
    path = '/oauth/token',
    ...more
  }: Call = {}): Promise<Response> => {
    const basic = `Basic ${btoa(`${clientId}:${more.secret ?? secret.reveal()}`)}`
    const request = new Request(the.issuer + path, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...more.form }),
      headers: { authorization: basic, ...more.headers },
    })
    return server.fetch(request, { remoteAddress: from === '' ? undefined : from })
  }
  return {
    ...{ server, clock, events, secret: secret.reveal(), call },
    async statuses(count, one) {
      const found: number[] = []
      for (let at = 0; at < count; at++) found.push((await call(one)).status)
      return found
    },
    reasons: () => events.flatMap((event) => ('reason' in event ? [event.reason] : [])),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

export async function register(
  server: AuthorizationServer,
  draft: ClientDraft,
): Promise<ClientSecret> {
  const created = await server.registry.createClient(draft)
  if (!created.ok) throw new Error(created.violation)
  return created.value.clientSecret ?? redact('client secret', '')
}

/** `limiter`, but answering later, as one that is shared does. */
export function later(limiter: Limiter): Limiter {
  return {
    check: async (requests) => limiter.check(requests),
    peek: async (requests) => limiter.peek(requests),
    charge: async (requests) => limiter.charge(requests),
  }
}

export { the }
