/** A stand-in for a token service behind a real port, an API beside it, and a client configured for the service. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  createTokenClient,
  TokenAcquisitionError,
  type TokenClient,
  type TokenClientOptions,
} from '@mintmark/client'
import {
  jsonResponse,
  type Responder,
  reroutedTransport,
  responderListener,
  type StandIn,
  startLoopbackServer,
} from '@mintmark/testkit'

/** Where things are, and what reached the API. */
export interface ServiceWorld {
  /** The API's origin. */
  readonly api: string
  readonly apiRequests: readonly Request[]
  readonly transport: typeof fetch
  /** A client of the service that may call the API; it ends with the test. */
  connect(options: Partial<TokenClientOptions>): TokenClient
}

/** Starts both servers; they end with the test. */
export async function serviceWorld(
  test: TestContext,
  standIn: StandIn,
  api: Responder = bearerApi(standIn),
): Promise<ServiceWorld> {
  const apiRequests: Request[] = []
  const service = await startLoopbackServer(responderListener(standIn.responder))
  const resource = await startLoopbackServer(
    responderListener((request) => {
      apiRequests.push(request.clone())
      return api(request)
    }),
  )
  test.after(() => Promise.all([service.close(), resource.close()]))
  const origins = [standIn.issuer, standIn.tokenEndpoint].map((url) => new URL(url).origin)
  const transport = reroutedTransport(
    Object.fromEntries(origins.map((origin) => [origin, service.origin])),
  )
  return {
    ...{ api: resource.origin, apiRequests, transport },
    connect: (options) => {
      const { clientId, clientSecret } = standIn.client
      const client = createTokenClient({
        ...(options.tokenEndpoint === undefined && { issuer: standIn.issuer }),
        ...(options.clientAuthentication === undefined && { clientSecret }),
        ...{ clientId, transport, allowedOrigins: [resource.origin] },
        ...options,
      })
      test.after(() => client.dispose())
      return client
    },
  }
}

/** An API as RFC 6750 describes it. */
export function bearerApi({ admits }: StandIn): Responder {
  return (request) => {
    const [scheme, token = ''] = (request.headers.get('authorization') ?? '').split(' ')
    if (admits(token)) return jsonResponse({ ok: true })
    const headers = { 'www-authenticate': `${scheme || 'Bearer'} error="invalid_token"` }
    return jsonResponse({ error: 'invalid_token' }, { status: 401, headers })
  }
}

/** Asserts that `error` is the client's own. */
export function acquisitionError(error: unknown): TokenAcquisitionError {
  assert.ok(error instanceof TokenAcquisitionError)
  return error
}

/** Waits until something over real sockets has come true, for ten seconds at most. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const until = Date.now() + 10_000
  while (!holds()) {
    assert(Date.now() < until, what)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
