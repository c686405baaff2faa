/**
 * The other side, played by the test itself on a real port: token endpoints by name, metadata by name, and an API that
 * answers with what it was sent. It remembers the credentials that only exist on the wire, because those must not be
 * printed either.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { startLoopbackServer } from '@mintmark/testkit'
import { knownSecrets } from './known-secrets.ts'
import { namedAnswer, type TokenAnswer } from './token-answers.ts'

/** The running partner. */
export interface HostilePartner {
  readonly origin: string
  /** What came in as a credential: Basic credentials, and the signatures of assertions and proofs. */
  readonly seenOnTheWire: ReadonlySet<string>
  close(): Promise<void>
}

interface Exchange {
  readonly request: IncomingMessage
  /** Everything that the request carried. */
  readonly echo: string
  /** How many requests there were for the same URL, this one included. */
  readonly number: number
}

/** Starts the partner on a free port of the loopback interface. */
export async function startHostilePartner(): Promise<HostilePartner> {
  const counts = new Map<string, number>()
  const seen = new Set<string>()
  const server = await startLoopbackServer(async (request, response) => {
    const { url = '' } = request
    const body = await text(request)
    const { authorization = '', dpop = '' } = request.headers
    const number = (counts.get(url) ?? 0) + 1
    counts.set(url, number)
    if (url.startsWith('/token/')) remember(seen, authorization, `${dpop}&${body}`)
    const exchange = { request, echo: `${authorization} ${String(dpop)} ${body}`, number }
    const answer = answerTo(exchange)
    await delay(answer.delayMs ?? 0)
    send(response, answer)
  })
  return { ...server, seenOnTheWire: seen }
}

function remember(seen: Set<string>, authorization: string, rest: string): void {
  const [, basic] = /^Basic (.+)$/.exec(authorization) ?? []
  if (basic !== undefined) seen.add(Buffer.from(basic, 'base64').toString().split(':')[1] ?? '')
  const jwtSignatures = rest.matchAll(/eyJ[\w-]+\.[\w-]+\.([\w-]{40,})/g)
  for (const [, signature] of jwtSignatures) seen.add(signature as string)
}

function answerTo(exchange: Exchange): TokenAnswer {
  const url = exchange.request.url ?? ''
  const [, place = '', name = ''] = url.split('/')
  if (place === 'token') return namedAnswer(name, exchange.echo, exchange.number) ?? {}
  const [, issuer = place] = WELL_KNOWN.exec(url) ?? []
  return url.includes('.well-known') ? metadata(exchange, issuer) : apiAnswer(exchange, name)
}

/** RFC 8414 puts the name behind, OpenID Connect Discovery in front. */
const WELL_KNOWN = /^\/\.well-known\/[a-z-]+\/([a-z-]+)$/

function metadata({ request, echo }: Exchange, name: string): TokenAnswer {
  const origin = `http://${request.headers.host}`
  const document = {
    issuer: `${origin}/${name}`,
    token_endpoint: `${origin}/token/good`,
    service_documentation: `https://${knownSecrets.wireText}.example/?${echo}`,
  }
  const documents: Readonly<Record<string, TokenAnswer>> = {
    good: json(document),
    unavailable: { status: 503, body: knownSecrets.wireText },
    'of-another': json({ ...document, issuer: `https://${knownSecrets.wireText}.example` }),
    foreign: json({ ...document, token_endpoint: `https://${knownSecrets.wireText}.example/t` }),
    'other-methods': json({ ...document, token_endpoint_auth_methods_supported: ['none'] }),
  }
  return documents[name] ?? { status: 404 }
}

function json(value: object): TokenAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  }
}

/** `refusing` refuses the first token, others behave as they are called; most show what they were sent. */
function apiAnswer({ request, echo }: Exchange, name: string): TokenAnswer {
  const isFirstToken = request.headers.authorization?.endsWith(knownSecrets.accessToken) === true
  const challenge = `Bearer realm="${knownSecrets.wireText}", error="invalid_token", error_description="${echo}"`
  const { nonce, wireText } = knownSecrets
  const headers = {
    'www-authenticate': challenge,
    'set-cookie': `s=${wireText}`,
    'dpop-nonce': nonce,
  }
  if (name === 'refusing' && isFirstToken) return { status: 401, headers, body: echo }
  if (name === 'always-refusing') return { status: 401, headers, body: echo }
  if (name === 'failing') return { status: 500, headers, body: echo }
  if (name === 'broken') return { status: 500, body: 'broken' }
  if (name === 'hanging-up') return { isCut: true }
  return { status: 200, body: 'served' }
}

function send(
  response: ServerResponse,
  { status, headers, body, isCut = false }: TokenAnswer,
): void {
  if (status !== undefined) {
    response.writeHead(status, { ...headers, ...(isCut && { 'content-length': '10000' }) })
    response.write(body ?? '')
  }
  // A moment later, so that what was written leaves first.
  if (isCut) setImmediate(() => response.destroy())
  else if (status !== undefined) response.end()
}
