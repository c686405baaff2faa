/** An issuer on a port of its own whose key set can be had, moved, and broken in every way that servers break. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type PrivateJwk, publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { fixtureKeys, some, startLoopbackServer } from '@mintmark/testkit'

/** How the key set's endpoint answers. */
export type KeySetFault =
  | 'connection-reset'
  | 'status-500'
  | 'status-503'
  | 'status-404'
  | 'status-204'
  | 'html-page'
  | 'empty-body'
  | 'empty-object'
  | 'empty-set'
  | 'keys-as-object'
  | 'only-unusable-keys'
  | 'truncated-json'
  | 'truncated-body'
  | 'not-utf-8'
  | 'too-many-keys'
  | 'huge-body'
  | 'endless-body'
  | 'inflating-body'
  | 'redirect'
  | 'slow-headers'
  | 'slow-body'

/** Every fault; the last two last until the deadline. */
export const keySetFaults: readonly KeySetFault[] = [
  'connection-reset',
  'status-500',
  'status-503',
  'status-404',
  'status-204',
  'html-page',
  'empty-body',
  'empty-object',
  'empty-set',
  'keys-as-object',
  'only-unusable-keys',
  'truncated-json',
  'truncated-body',
  'not-utf-8',
  'too-many-keys',
  'huge-body',
  'endless-body',
  'inflating-body',
  'redirect',
  'slow-headers',
  'slow-body',
]

/** A running issuer. */
export interface KeySetIssuer {
  readonly origin: string
  /** Requests for the key set so far, and for the place that a redirect names. */
  readonly keySetRequests: () => number
  readonly redirectedRequests: () => number
  /** Publishes these keys, soundly. */
  publish(...keys: readonly PrivateJwk[]): void
  /** Breaks the endpoint, or mends it. */
  break(fault: KeySetFault | undefined): void
  /** Resolves when a request for the key set has come that is not counted yet. */
  nextRequest(): Promise<unknown>
}

/** Starts an issuer that publishes all fixture keys; it ends with the test. */
export async function keySetIssuer(test: Pick<TestContext, 'after'>): Promise<KeySetIssuer> {
  let document = serialiseJwkSet(Object.values(fixtureKeys).map(publicJwkOf))
  let fault: KeySetFault | undefined
  let keySetRequests = 0
  let redirectedRequests = 0
  const arrivals = new EventTarget()
  const server = await startLoopbackServer((request, response) => {
    if (request.url === '/keys') {
      keySetRequests += 1
      answerAs(fault, document, response)
      arrivals.dispatchEvent(new Event('request'))
    } else if (request.url === '/elsewhere') {
      redirectedRequests += 1
      sendJson(response, document)
    } else {
      const { origin } = server
      sendJson(response, some.serverMetadata({ issuer: origin, jwks_uri: `${origin}/keys` }))
    }
  })
  test.after(() => server.close())
  return {
    origin: server.origin,
    keySetRequests: () => keySetRequests,
    redirectedRequests: () => redirectedRequests,
    publish: (...keys) => {
      document = serialiseJwkSet(keys.map(publicJwkOf))
    },
    break: (next) => {
      fault = next
    },
    nextRequest: () => once(arrivals, 'request'),
  }
}

type Answer = (response: ServerResponse, document: string) => void

const BODIES: Partial<Record<KeySetFault, string>> = {
  'html-page': '<!doctype html><title>Maintenance</title>',
  'empty-body': '',
  'empty-object': '{}',
  'empty-set': '{"keys":[]}',
  'keys-as-object': '{"keys":{"0":{}}}',
  'only-unusable-keys': '{"keys":[{"kty":"oct","k":"c2VjcmV0"},{"kty":"EC","crv":"P-521"}]}',
  'truncated-json': '{"keys":[{"kty":"EC",',
  'too-many-keys': JSON.stringify({
    keys: Array.from({ length: 65 }, () => publicJwkOf(fixtureKeys.EdDSA)),
  }),
  'huge-body': JSON.stringify({ keys: [], padding: 'x'.repeat(1_000_000) }),
}

const ANSWERS: Partial<Record<KeySetFault, Answer>> = {
  'connection-reset': (response) => void response.destroy(),
  'status-500': (response) => void response.writeHead(500).end('oops'),
  'status-503': (response) => void response.writeHead(503, { 'retry-after': '9999' }).end(),
  'status-404': (response) => void response.writeHead(404).end('{"keys":[]}'),
  'status-204': (response) => void response.writeHead(204).end(),
  'not-utf-8': (response) => void response.end(Buffer.of(0x7b, 0xff, 0xfe, 0x7d)),
  'truncated-body': (response, document) => {
    response.writeHead(200, { 'content-length': String(document.length) })
    response.write(document.slice(0, 40), () => response.destroy())
  },
  'endless-body': (response) => {
    response.writeHead(200)
    const piece = Buffer.alloc(64 * 1_024, ' ')
    const more = () => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  },
  'inflating-body': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(gzipSync(Buffer.alloc(50 * 1_024 * 1_024, ' ')))
  },
  redirect: (response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
  // Nothing, or a beginning: whoever waits has to stop by itself.
  'slow-headers': () => undefined,
  'slow-body': (response, document) => void response.writeHead(200).write(document.slice(0, 40)),
}

function answerAs(
  fault: KeySetFault | undefined,
  document: string,
  response: ServerResponse,
): void {
  const body = fault === undefined ? document : BODIES[fault]
  if (body !== undefined) sendJson(response, body)
  else if (fault !== undefined) ANSWERS[fault]?.(response, document)
}

function sendJson(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}
