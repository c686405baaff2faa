/**
 * What the adapters are tested in: a token endpoint, an API and a foreign server, each on a socket of its own. Fresh
 * for each test.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createTokenClient, type TokenClient, type TokenClientOptions } from '@mintmark/client'
import { startLoopbackServer, the } from '@mintmark/testkit'

/** A request that arrived at the API or at the foreign server. */
export interface Arrival {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Settles when its connection is closed. */
  readonly closed: Promise<unknown>
}

/** Answers a request. */
export type Answering = (arrival: Arrival, response: ServerResponse) => void

export interface AdapterWorld {
  readonly api: string
  /** The origin of the foreign server. */
  readonly elsewhere: string
  readonly arrivals: readonly Arrival[]
  readonly arrivalsElsewhere: readonly Arrival[]
  /** Connections to the API so far. */
  readonly connectionCount: number
  readonly tokenRequestCount: number
  /** Every token that was issued, newest last. */
  readonly tokens: readonly string[]
  /** A client of this world; its tokens go to the API alone. */
  client(options?: Partial<TokenClientOptions>): TokenClient
  /** Makes the API refuse what was issued so far. */
  revokeTokens(): void
  /** What the API does with an accepted token under that path. Default: 200 and `served`. */
  onPath(path: string, answering: Answering): void
  /** What the foreign server does. Default: 200 and `elsewhere`. */
  onElsewhere(answering: Answering): void
  /** What the token endpoint does instead of issuing. */
  onTokenRequest(answering: Answering): void
  /** Waits for the next request at the API. */
  nextArrival(): Promise<Arrival>
  close(): Promise<void>
}

/** What our guard says of a token that is no longer good. */
export const INVALID_TOKEN = 'Bearer error="invalid_token"'

/** Starts it. */
export async function startAdapterWorld(): Promise<AdapterWorld> {
  const arrivals: Arrival[] = []
  const arrivalsElsewhere: Arrival[] = []
  const connections = new Set<unknown>()
  const waiting: ((arrival: Arrival) => void)[] = []
  let answerElsewhere: Answering = (_arrival, response) => void response.end('elsewhere')
  const issuer = createIssuer()
  const api = createApi(issuer)
  const servers = await Promise.all([
    startLoopbackServer(async (request, response) =>
      issuer.answer(await arrivalOf(request), response),
    ),
    startLoopbackServer(async (request, response) => {
      connections.add(request.socket)
      const arrival = await arrivalOf(request)
      arrivals.push(arrival)
      for (const resolve of waiting.splice(0)) resolve(arrival)
      api.answer(arrival, response)
    }),
    startLoopbackServer(async (request, response) => {
      const arrival = await arrivalOf(request)
      arrivalsElsewhere.push(arrival)
      answerElsewhere(arrival, response)
    }),
  ])
  const [tokenServer, apiServer, foreignServer] = servers
  const clients = createClients(tokenServer.origin, apiServer.origin)
  return {
    api: apiServer.origin,
    elsewhere: foreignServer.origin,
    arrivals,
    arrivalsElsewhere,
    tokens: issuer.tokens,
    get connectionCount() {
      return connections.size
    },
    get tokenRequestCount() {
      return issuer.requestCount()
    },
    client: clients.create,
    revokeTokens: api.revokeTokens,
    onPath: api.onPath,
    onElsewhere: (answering) => {
      answerElsewhere = answering
    },
    onTokenRequest: issuer.onRequest,
    nextArrival: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      await clients.dispose()
      for (const server of servers) await server.close()
    },
  }
}

function createClients(issuer: string, api: string) {
  const clients: TokenClient[] = []
  return {
    create: (options: Partial<TokenClientOptions> = {}) => {
      const client = createTokenClient({
        tokenEndpoint: `${issuer}/token`,
        ...{ clientId: the.clientId, clientSecret: the.clientSecret },
        allowedOrigins: [api],
        ...options,
      })
      clients.push(client)
      return client
    },
    dispose: () => Promise.all(clients.map((client) => client.dispose())),
  }
}

async function arrivalOf(request: IncomingMessage): Promise<Arrival> {
  const { method = '', url: path = '', headers, socket } = request
  return { method, path, headers, body: await buffer(request), closed: closeOf(socket) }
}

const closes = new WeakMap<Socket, Promise<void>>()

function closeOf(socket: Socket): Promise<void> {
  const close =
    closes.get(socket) ?? new Promise((resolve) => socket.once('close', () => resolve()))
  closes.set(socket, close)
  return close
}

function createIssuer() {
  const tokens: string[] = []
  let requestCount = 0
  let own: Answering | undefined
  const issue: Answering = ({ headers }, response) => {
    const token = randomBytes(36).toString('base64url')
    tokens.push(token)
    const token_type = headers.dpop === undefined ? 'Bearer' : 'DPoP'
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ access_token: token, token_type, expires_in: 3600 }))
  }
  return {
    tokens,
    requestCount: () => requestCount,
    onRequest: (answering: Answering) => {
      own = answering
    },
    answer: (arrival: Arrival, response: ServerResponse) => {
      requestCount += 1
      const answering = own ?? issue
      answering(arrival, response)
    },
  }
}

function createApi({ tokens }: { readonly tokens: readonly string[] }) {
  let revokedCount = 0
  const paths = new Map<string, Answering>()
  const isGood = ({ headers: { authorization = '' } }: Arrival): boolean =>
    tokens.slice(revokedCount).includes(authorization.replace(/^(?:Bearer|DPoP) /, ''))
  return {
    revokeTokens: () => {
      revokedCount = tokens.length
    },
    onPath: (path: string, answering: Answering) => {
      paths.set(path, answering)
    },
    answer: (arrival: Arrival, response: ServerResponse) => {
      const answering = isGood(arrival) ? (paths.get(arrival.path) ?? serve) : refuse
      answering(arrival, response)
    },
  }
}

const serve: Answering = (_arrival, response) => void response.end('served')

/** Answers as a guard does to a token that is no longer good. */
export const refuse: Answering = (_arrival, response) => {
  response.writeHead(401, { 'www-authenticate': INVALID_TOKEN }).end('refused')
}
