/** A token endpoint that takes its time, counts what it is asked, and gives short or long lifetimes as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { announce, listenAnywhere, serverArgument } from './server-ready.ts'

/** How it behaves. */
export interface SlowTokenPlan {
  readonly delayMs: number
  readonly lifetimeSeconds: number
}

/** What `GET /count` tells. */
export interface TokenCount {
  readonly tokenRequests: number
}

const { delayMs, lifetimeSeconds } = serverArgument<SlowTokenPlan>()
let tokenRequests = 0

function listener(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  if (request.method === 'GET') {
    answer(response, { tokenRequests } satisfies TokenCount)
    return
  }
  tokenRequests++
  const access_token = `token-${tokenRequests}-`.padEnd(500, 'k')
  const token = { access_token, token_type: 'Bearer', expires_in: lifetimeSeconds }
  setTimeout(() => answer(response, token), delayMs)
}

function answer(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
}

const server = createServer(listener)
const port = await listenAnywhere(server)
announce({ port, issuer: '', tokenPath: '/token', jwksPath: '' })
