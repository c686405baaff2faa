import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { systemTransport, type Transport } from '@mintmark/runtime'
import {
  createScriptedTransport,
  fixtureKeys,
  jsonResponse,
  networkFailure,
  startLoopbackServer,
  the,
} from '@mintmark/testkit'
import { fetchJwkSet } from '../src/fetch-jwk-set.ts'

const jwksUri = new URL(the.jwksUri)
const ec = publicJwkOf(fixtureKeys.ES256)
const document = serialiseJwkSet([ec])

function fetchOnce(transport: Transport, url: URL = jwksUri) {
  return fetchJwkSet(url, transport, new AbortController().signal)
}

const answering =
  (response: Response): Transport =>
  async () =>
    response

test('asks with GET for a key set or JSON, and follows no redirect', async () => {
  const { transport, requests, respond } = createScriptedTransport()
  const redirects: unknown[] = []
  respond(jwksUri, (request) => {
    redirects.push(request.redirect)
    return jsonResponse(document, { headers: { 'cache-control': 'max-age=60' } })
  })
  const fetched = await fetchOnce(transport)
  assert.deepEqual(fetched, { ok: true, set: { keys: [ec], skipped: 0 }, freshnessSeconds: 60 })
  const [request] = requests
  assert.equal(request?.method, 'GET')
  assert.equal(request?.headers.get('accept'), 'application/jwk-set+json, application/json')
  assert.deepEqual(redirects, ['manual'])
})

const ofType = (type: string | undefined) =>
  new Response(new TextEncoder().encode(document), {
    headers: type === undefined ? {} : { 'content-type': type },
  })

const jsonOrUnknown = [
  ...[undefined, 'application/jwk-set+json', 'application/json; charset=utf-8', 'text/json'],
  ...['APPLICATION/JSON', 'application/vnd.example-1.jwks+json', 'text/plain;charset=UTF-8'],
  ...['application/octet-stream', 'binary/octet-stream'],
]
for (const type of jsonOrUnknown) {
  test(`takes a key set that is called ${type ?? 'nothing'} [R2]`, async () => {
    assert.equal((await fetchOnce(answering(ofType(type)))).ok, true)
  })
}

const somethingElse = [
  ...['text/html', 'text/html; x=application/json', 'application/xhtml+xml', 'image/svg+xml'],
  ...['application/jsonp', 'application/json, text/html', 'multipart/form-data', 'json', 'x'],
]
for (const type of somethingElse) {
  test(`refuses a key set that is called ${type} [R2]`, async () => {
    const refused = { ok: false, violation: 'wrong_media_type', httpStatus: 200 }
    assert.deepEqual(await fetchOnce(answering(ofType(type))), refused)
  })
}

const huge = JSON.stringify({ keys: [ec], filler: 'x'.repeat(262_144) })

const answers: readonly (readonly [string, Response, string, number])[] = [
  ['an error', jsonResponse(document, { status: 503 }), 'status_not_ok', 503],
  ['a missing page', jsonResponse(document, { status: 404 }), 'status_not_ok', 404],
  ['a success that is not 200', jsonResponse(document, { status: 203 }), 'status_not_ok', 203],
  ['no content', new Response(null, { status: 204 }), 'status_not_ok', 204],
  [
    'a redirect',
    new Response(null, { status: 302, headers: { location: '/' } }),
    'redirected',
    302,
  ],
  ['a redirect with a set in its body', jsonResponse(document, { status: 307 }), 'redirected', 307],
  ['a followed redirect', followed(jsonResponse(document)), 'redirected', 200],
  ['a web page', new Response('<!doctype html>'), 'not_json', 200],
  ['an empty body', new Response(''), 'not_json', 200],
  ['half a set', new Response(document.slice(0, -2)), 'not_json', 200],
  ['an empty set', jsonResponse({ keys: [] }), 'no_usable_key', 200],
  ['a set of private keys', jsonResponse({ keys: [fixtureKeys.ES256] }), 'no_usable_key', 200],
  ['an empty object', jsonResponse({}), 'keys_missing', 200],
  ['a body that is not UTF-8', new Response(Uint8Array.of(0xff)), 'not_utf8', 200],
  ['a byte order mark', new Response(`\ufeff${document}`), 'not_json', 200],
  ['more than 256 KiB', jsonResponse(huge), 'body_too_large', 200],
]

function followed(response: Response): Response {
  return Object.defineProperty(response, 'redirected', { value: true })
}

for (const [what, response, violation, httpStatus] of answers) {
  test(`refuses ${what} as a key set [R2]`, async () => {
    const fetched = await fetchOnce(answering(response))
    assert.deepEqual(fetched, { ok: false, violation, httpStatus })
  })
}

test('tells of a network that fails, in the request and in the body [R2]', async () => {
  const unreachable = { ok: false, violation: 'unreachable', httpStatus: undefined }
  const refusing: Transport = async () => {
    throw networkFailure('ECONNREFUSED')
  }
  const throwing: Transport = () => {
    throw new TypeError('thrown, not rejected')
  }
  const breaking = new ReadableStream({
    start: (controller) => controller.error(networkFailure('ECONNRESET')),
  })
  assert.deepEqual(await fetchOnce(refusing), unreachable)
  assert.deepEqual(await fetchOnce(throwing), unreachable)
  assert.deepEqual(await fetchOnce(answering(new Response(breaking))), unreachable)
})

test('ends with its signal, also when the transport does not [R2]', async () => {
  const late = { ok: false, violation: 'deadline_exceeded', httpStatus: undefined }
  const deaf: Transport = () => new Promise(() => undefined)
  const obedient: Transport = (_, init) =>
    new Promise((_resolve, refuse) => {
      init?.signal?.addEventListener('abort', () => refuse(init.signal?.reason))
    })
  for (const transport of [deaf, obedient]) {
    const controller = new AbortController()
    const fetched = fetchJwkSet(jwksUri, transport, controller.signal)
    controller.abort()
    assert.deepEqual(await fetched, late)
  }
})

test('refuses a redirect of a real server without visiting its target [R2]', async () => {
  const visited: (string | undefined)[] = []
  const server = await startLoopbackServer((request, response) => {
    visited.push(request.url)
    if (request.url === '/keys') response.end(document)
    else response.writeHead(302, { location: '/keys' }).end()
  })
  try {
    const redirected = await fetchOnce(systemTransport, new URL('/jwks', server.origin))
    assert.deepEqual(redirected, { ok: false, violation: 'redirected', httpStatus: 302 })
    assert.deepEqual(visited, ['/jwks'])
    const direct = await fetchOnce(systemTransport, new URL('/keys', server.origin))
    assert.equal(direct.ok, true)
  } finally {
    await server.close()
  }
})
