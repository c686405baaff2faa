import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenAcquisitionError } from '@mintmark/client'
import {
  findSecret,
  jsonResponse,
  type Overrides,
  type Responder,
  some,
  the,
} from '@mintmark/testkit'
import { clientWorld, outcomeOf } from '../client-world.ts'

/** In every hostile answer, so that any trace of it is found. */
const leakedToken = 'hQ2mZx8vB5nK1cL7tR4yW9sD3fG6jP0a'

const body = (overrides: Overrides = {}) =>
  some.tokenResponse({ access_token: leakedToken, ...overrides })

const json =
  (overrides: Overrides): Responder =>
  () =>
    jsonResponse(body(overrides))

const text =
  (content: string, contentType = 'application/json'): Responder =>
  () =>
    new Response(content, { headers: { 'content-type': contentType } })

const hostile: readonly [what: string, answer: Responder][] = [
  ['HTML', text('<!doctype html><title>Sign in</title>', 'text/html')],
  ['HTML that claims to be JSON', text('<!doctype html>')],
  ['an empty body', text('')],
  ['white space', text(' \n')],
  ['a truncated object', text(body().slice(0, -2))],
  ['an object and more', text(`${body()}{}`)],
  ['more than 64 KiB', text(body({ padding: 'x'.repeat(70_000) }))],
  ['more than 64 KiB of white space', text(' '.repeat(70_000) + body())],
  ['an array', text(`[${body()}]`)],
  ['a string', text(JSON.stringify(body()))],
  ['null', text('null')],
  ['a byte order mark', text(`\ufeff${body()}`)],
  [
    'text that is no UTF-8',
    () =>
      new Response(new Uint8Array([0x7b, 0xff, 0x7d]), {
        headers: { 'content-type': 'application/json' },
      }),
  ],
  ['a duplicate access token', text(body().replace('{', '{"access_token":"other",'))],
  ['a duplicate in disguise', text(body().replace('{', '{"access_\\u0074oken":"other",'))],
  [
    'an object nested too deeply',
    text(body().replace('{', `{"a":${'['.repeat(50)}${']'.repeat(50)},`)),
  ],
  ['the wrong content type', text(body(), 'text/plain')],
  ['no content type and no JSON', () => new Response(new TextEncoder().encode('<html>'))],
  [
    'a form',
    text(`access_token=${leakedToken}&token_type=Bearer`, 'application/x-www-form-urlencoded'),
  ],
  ['no access token', json({ access_token: undefined })],
  ['a null access token', json({ access_token: null })],
  ['an empty access token', json({ access_token: '' })],
  ['a number for an access token', json({ access_token: 7 })],
  ['an access token with a line break', json({ access_token: `${leakedToken}\r\nX-Evil: 1` })],
  ['an access token with a space', json({ access_token: `${leakedToken} ` })],
  ['an access token beyond ASCII', json({ access_token: `${leakedToken}é` })],
  ['an access token of 20 KiB', json({ access_token: 'a'.repeat(20_480) })],
  ['no token type', json({ token_type: undefined })],
  ['a null token type', json({ token_type: null })],
  ['an empty token type', json({ token_type: '' })],
  ['another token type', json({ token_type: 'DPoP' })],
  ['a lifetime in words', json({ expires_in: 'one hour' })],
  ['a lifetime with a unit', json({ expires_in: '3600s' })],
  ['a negative lifetime', json({ expires_in: -1 })],
  ['a negative lifetime as text', json({ expires_in: '-1' })],
  ['a lifetime without end', text(body().replace('3600', '1e400'))],
  ['a null lifetime', json({ expires_in: null })],
  ['a lifetime in an object', json({ expires_in: { seconds: 3600 } })],
  ['no lifetime left', json({ expires_in: 0 })],
  ['a scope in an array', json({ scope: ['decisions:read'] })],
  ['a null scope', json({ scope: null })],
  ['a scope with two spaces', json({ scope: 'a  b' })],
  ['less scope than asked for', json({ scope: 'decisions:read' })],
  ['an error inside a 200', json({ error: 'invalid_request' })],
  ['an unregistered error inside a 200', json({ error: leakedToken })],
  [
    'a 201',
    () => new Response(body(), { status: 201, headers: { 'content-type': 'application/json' } }),
  ],
  ['a 204', () => new Response(null, { status: 204 })],
  [
    'a body that breaks off',
    () => new Response(brokenStream(), { headers: { 'content-type': 'application/json' } }),
  ],
  [
    'an error with a token in its description',
    () =>
      jsonResponse({ error: 'invalid_request', error_description: leakedToken }, { status: 400 }),
  ],
]

function brokenStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(body().slice(0, 20)))
      controller.error(new TypeError(`terminated while reading ${leakedToken}`))
    },
  })
}

test('answers every hostile token response with a typed error that tells nothing of it [T4] [C10]', async () => {
  for (const [what, answer] of hostile) {
    const { client, network, clock, events } = clientWorld()
    network.respond(the.tokenEndpoint, answer)
    const failing = outcomeOf(client.token())
    await clock.advance(1_000)
    const { error } = await failing
    assert(error instanceof TokenAcquisitionError, what)
    assert(['transient', 'terminal'].includes(error.kind), what)
    assert.equal(client.ready(), false, what)
    assert.equal(client.currentToken(), undefined, what)
    const printed = JSON.stringify([error, events, client.explain()]) + error.stack
    assert.equal(findSecret(printed, leakedToken), undefined, what)
  }
})

test('goes on with the valid token whatever a renewal brings [T4]', async () => {
  for (const [what, answer] of hostile) {
    const { client, network, clock } = clientWorld()
    const token = await client.token()
    network.respond(the.tokenEndpoint, answer)
    await clock.advance(3_100_000)
    assert.equal(await client.token(), token, what)
    await clock.advance(1_000)
    assert.equal(network.requests.length, 2, what)
    assert.equal(await client.token(), token, what)
    assert.equal(client.ready(), true, what)
  }
})

test('gets a token again as soon as the server is sane again [T4]', async () => {
  for (const [what, answer] of hostile) {
    const { client, network, tokenEndpoint, clock } = clientWorld()
    network.respond(the.tokenEndpoint, answer)
    const failing = outcomeOf(client.token())
    await clock.advance(1_000)
    await failing
    network.respond(the.tokenEndpoint, tokenEndpoint.responder)
    await clock.advance(30_000)
    assert.equal((await client.token()).reveal(), tokenEndpoint.token(1), what)
  }
})

test('reads a token response whose server leaves the content type out [T4]', async () => {
  const { client, network } = clientWorld()
  network.respond(the.tokenEndpoint, () => new Response(new TextEncoder().encode(body())))
  assert.equal((await client.token()).reveal(), leakedToken)
})

test('reads what is unusual but means what it says [T4]', async () => {
  const rows: readonly [what: string, overrides: Overrides, lifetimeSeconds: number][] = [
    ['a lifetime as text', { expires_in: '3600' }, 3600],
    ['a lifetime with a fraction', { expires_in: 3599.9 }, 3599],
    ['a refresh token', { refresh_token: null }, 3600],
    ['an id token', { id_token: 'not.a.jwt' }, 3600],
    ['a null error', { error: null }, 3600],
    ['unknown members', { ext: { a: [1, 2, { b: null }] } }, 3600],
  ]
  for (const [what, overrides, lifetimeSeconds] of rows) {
    const { client, clock } = clientWorld({}, { overrides })
    const token = await client.token()
    assert.equal(token.expiresAt.getTime() - clock.wallMs(), lifetimeSeconds * 1000, what)
  }
})
