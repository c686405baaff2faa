/**
 * The two servers that every scenario talks to: a token endpoint that does what its path says and an API, on one real
 * port. Tokens are named after their client and counted, so that what a scenario prints is the same everywhere.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { systemClock } from '@mintmark/runtime'
import { startLoopbackServer } from '@mintmark/testkit'
import { isProofFor, presentedClient } from './presented-credentials.ts'

/** A running world. */
export interface PartnerWorld {
  readonly origin: string
  close(): Promise<void>
}

/** What became of one client's token requests. */
interface Tally {
  requests: number
  /** Requests whose client hung up before the answer. */
  abandoned: number
}

type Answer = (response: ServerResponse, token: string) => void

const tokenAnswers: Readonly<Record<string, Answer>> = {
  hour: (response, token) => sendJson(response, 200, tokenResponse(token, 3600)),
  bound: (response, token) => {
    sendJson(response, 200, { ...tokenResponse(token, 3600), token_type: 'DPoP' })
  },
  second: (response, token) => sendJson(response, 200, tokenResponse(token, 1)),
  slow: (response, token) => {
    const send = () => sendJson(response, 200, tokenResponse(token, 3600))
    systemClock.schedule(SLOW_MS, send)
  },
  never: () => undefined,
  broken: (response) => void response.writeHead(200, { 'content-type': JSON_TYPE }).end('{"acc'),
  elsewhere: (response) => void response.writeHead(307, { location: '/token/hour' }).end(),
}

const SLOW_MS = 150
const BAD_PROOF = { error: 'invalid_dpop_proof' }
const JSON_TYPE = 'application/json'

/** Starts both on a free port of the loopback interface. */
export async function startPartnerWorld(): Promise<PartnerWorld> {
  const tallies = new Map<string, Tally>()
  const listener: RequestListener = (request, response) => {
    void answer(request, response, tallies)
  }
  return await startLoopbackServer(listener)
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  tallies: Map<string, Tally>,
): Promise<void> {
  const [, place = '', name = ''] = (request.url ?? '').split('/')
  if (place === 'token') return await answerToken(request, response, name, tallies)
  if (place === 'tally') return sendJson(response, 200, tallies.get(name) ?? {})
  if (place === 'api') return answerApi(request, response, name)
  if (request.url === '/.well-known/oauth-authorization-server') {
    const issuer = `http://${request.headers.host}`
    return sendJson(response, 200, { issuer, token_endpoint: `${issuer}/token/hour` })
  }
  response.writeHead(404).end()
}

async function answerToken(
  request: IncomingMessage,
  response: ServerResponse,
  script: string,
  tallies: Map<string, Tally>,
): Promise<void> {
  const { authorization = '', dpop, host } = request.headers
  const form = new URLSearchParams(await text(request))
  const { clientId, isValid } = presentedClient(authorization, form)
  const tally = tallies.get(clientId) ?? { requests: 0, abandoned: 0 }
  tallies.set(clientId, tally)
  tally.requests += 1
  response.on('close', () => {
    if (!response.writableFinished) tally.abandoned += 1
  })
  if (!isValid || form.get('grant_type') !== 'client_credentials') {
    return sendJson(response, 401, { error: 'invalid_client' })
  }
  if (script === 'bound') {
    const wanted = { method: 'POST', url: `http://${host}${request.url}` }
    if (!isProofFor(String(dpop), wanted)) return sendJson(response, 400, BAD_PROOF)
  }
  tokenAnswers[script]?.(response, `${clientId}-${tally.requests}`)
}

/**
 * `refuses-first` refuses every client's first token, `bound` every token without a proof; other names accept every
 * token.
 */
function answerApi(request: IncomingMessage, response: ServerResponse, name: string): void {
  const { authorization = '', dpop, host } = request.headers
  const [scheme, token] = authorization.split(' ')
  const wanted = { method: 'POST', url: `http://${host}${request.url}`, token }
  const isAccepted =
    name === 'bound'
      ? scheme === 'DPoP' && isProofFor(String(dpop), wanted)
      : scheme === 'Bearer' && !(name === 'refuses-first' && token?.endsWith('-1'))
  if (!isAccepted) {
    const challenge = 'Bearer error="invalid_token"'
    response.writeHead(401, { 'www-authenticate': challenge }).end()
    return
  }
  response.writeHead(200, { 'content-type': 'text/plain' })
  request.pipe(response)
}

function tokenResponse(token: string, lifetimeSeconds: number) {
  return { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds }
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': JSON_TYPE }).end(JSON.stringify(value))
}
