import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenAcquisitionError, type TokenClientOptions } from '@mintmark/client'
import { jsonResponse, networkFailure, type Responder, some, the } from '@mintmark/testkit'
import { clientWorld, failureOf, outcomeOf } from './client-world.ts'

const oidcUrl = `${the.issuer}/.well-known/openid-configuration`

function world(answer: Responder | undefined, options: Partial<TokenClientOptions> = {}) {
  const made = clientWorld({ issuer: the.issuer, ...options })
  made.network.respond(the.metadataUrl, answer ?? (() => new Response(null, { status: 404 })))
  made.network.respond(oidcUrl, () => new Response(null, { status: 404 }))
  return made
}

const metadata =
  (overrides = {}) =>
  () =>
    jsonResponse(some.serverMetadata(overrides))

test('finds the token endpoint in the metadata of the issuer, once for all callers [C12]', async () => {
  const { client, network, tokenEndpoint } = world(metadata())
  const views = ['a', 'b', 'c'].map((audience) => client.for({ audience }))
  await Promise.all([...views, client].map((view) => view.token()))
  assert.equal(network.requestsTo(the.metadataUrl).length, 1)
  assert.equal(tokenEndpoint.requestCount, 4)
})

test('inserts the well-known part between host and path [C12]', async () => {
  const issuer = 'https://issuer.example/tenant/7'
  const { client, network, tokenEndpoint } = world(undefined, { issuer })
  network.respond(
    'https://issuer.example/.well-known/oauth-authorization-server/tenant/7',
    metadata({ issuer }),
  )
  await client.token()
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('falls back to the OpenID Connect document where there is no OAuth one [C12]', async () => {
  const absent: readonly [what: string, answer: Responder][] = [
    ['not found', () => new Response(null, { status: 404 })],
    ['forbidden', () => new Response(null, { status: 403 })],
    ['redirected', () => new Response(null, { status: 302, headers: { location: '/' } })],
    ['a start page', () => new Response('<!doctype html>', { status: 200 })],
  ]
  for (const [what, answer] of absent) {
    const { client, network, tokenEndpoint } = world(answer)
    network.respond(oidcUrl, metadata())
    await client.token()
    assert.equal(tokenEndpoint.requestCount, 1, what)
  }
})

test('trusts no metadata that is not that of its issuer, and sends no secret [C12]', async () => {
  const rows: readonly [what: string, answer: Responder, code: string][] = [
    ['another issuer', metadata({ issuer: 'https://issuer.example/' }), 'metadata_not_conforming'],
    ['no issuer', metadata({ issuer: undefined }), 'metadata_not_conforming'],
    ['no endpoint', metadata({ token_endpoint: undefined }), 'metadata_not_conforming'],
    [
      'an endpoint in the clear',
      metadata({ token_endpoint: 'http://issuer.example/oauth/token' }),
      'metadata_not_conforming',
    ],
    [
      'an endpoint elsewhere',
      metadata({ token_endpoint: 'https://evil.example/oauth/token' }),
      'token_endpoint_foreign',
    ],
    [
      'an endpoint on another port',
      metadata({ token_endpoint: 'https://issuer.example:8443/oauth/token' }),
      'token_endpoint_foreign',
    ],
    ['an oversized document', () => new Response('a'.repeat(300_000)), 'metadata_not_conforming'],
    [
      'a duplicate member',
      () => jsonResponse('{"issuer":"a","issuer":"b"}'),
      'metadata_not_conforming',
    ],
  ]
  for (const [what, answer, code] of rows) {
    const { client, network } = world(answer)
    const error = await failureOf(client.token())
    assert.deepEqual([error.code, error.kind], [code, 'misconfigured'], what)
    assert(
      network.requests.every(({ method }) => method === 'GET'),
      what,
    )
  }
})

test('accepts an endpoint on another origin that the options list [C12]', async () => {
  const url = 'https://tokens.example/oauth/token'
  const { client, network, tokenEndpoint } = world(metadata({ token_endpoint: url }), {
    tokenEndpointOrigins: ['https://tokens.example'],
  })
  network.respond(url, tokenEndpoint.responder)
  await client.token()
  assert.equal(network.requestsTo(url).length, 1)
})

test('uses the endpoint for clients with a certificate only with one, and by the same rule [C12] [C13]', async () => {
  const alias = `${the.issuer}/mtls/token`
  const foreign = 'https://mtls.example/token'
  const rows: readonly [certificateBound: boolean, alias: string | undefined, used: string][] = [
    [true, alias, alias],
    [true, undefined, the.tokenEndpoint],
    [false, alias, the.tokenEndpoint],
    [false, foreign, the.tokenEndpoint],
    [true, foreign, 'token_endpoint_foreign'],
  ]
  for (const [certificateBound, tokenEndpointAlias, used] of rows) {
    const aliases = { mtls_endpoint_aliases: { token_endpoint: tokenEndpointAlias } }
    const { client, network, tokenEndpoint } = world(metadata(aliases), { certificateBound })
    network.respond(alias, tokenEndpoint.responder)
    network.respond(foreign, tokenEndpoint.responder)
    const { error } = await outcomeOf(client.token())
    const posted = network.requests.filter(({ method }) => method === 'POST')
    const [where = error instanceof TokenAcquisitionError && error.code] = posted.map(
      ({ url }) => url,
    )
    assert.equal(where, used)
  }
})

test('asks again after an outage, without falling back to the other document [C12]', async () => {
  const outages: readonly [what: string, answer: Responder, code: string][] = [
    ['503', () => new Response(null, { status: 503 }), 'metadata_unavailable'],
    ['429', () => new Response(null, { status: 429 }), 'metadata_unavailable'],
  ]
  for (const [what, answer, code] of outages) {
    const { client, network, clock, tokenEndpoint } = world(answer)
    const error = await failureOf(client.token())
    assert.deepEqual([error.code, error.kind], [code, 'transient'], what)
    assert.equal(network.requestsTo(oidcUrl).length, 0, what)
    network.respond(the.metadataUrl, metadata())
    const waiting = client.token()
    await clock.advance(5_000)
    await waiting
    assert.equal(tokenEndpoint.requestCount, 1, what)
  }
})

test('reports a network failure and a timeout as what they are [C12]', async () => {
  const refused = world(() => {
    throw networkFailure('ECONNREFUSED')
  })
  const refusal = outcomeOf(refused.client.token())
  await refused.clock.advance(1_000)
  const { error } = await refusal
  assert(error instanceof TokenAcquisitionError)
  assert.deepEqual([error.code, error.causeCode], ['network_failed', 'ECONNREFUSED'])

  const silent = world(() => new Promise(() => undefined), { deadlineMs: 60_000 })
  const timeout = outcomeOf(silent.client.token())
  await silent.clock.advance(10_000)
  const late = (await timeout).error
  assert(late instanceof TokenAcquisitionError)
  assert.equal(late.code, 'timed_out')
})

test('keeps using what it knows when reading the metadata again fails [C12]', async () => {
  const { client, network, clock, tokenEndpoint } = world(metadata())
  await client.token()
  network.respond(the.metadataUrl, metadata({ issuer: 'https://evil.example' }))
  await clock.advance(86_400_000)
  await client.token()
  assert.equal(network.requestsTo(the.metadataUrl).length, 2)
  assert.equal(tokenEndpoint.requestCount, 2)
  client.forget()
  await client.token()
  assert.equal(network.requestsTo(the.metadataUrl).length, 2)
  network.respond(the.metadataUrl, metadata())
  await clock.advance(300_000)
  client.forget()
  await client.token()
  assert.equal(network.requestsTo(the.metadataUrl).length, 3)
})

test('asks a server with wrong metadata again only after a pause [C7] [C12]', async () => {
  const { client, network, clock, events } = world(metadata({ issuer: 'https://evil.example' }))
  for (let call = 0; call < 100; call += 1) await failureOf(client.token())
  assert.equal(network.requests.length, 1)
  await clock.advance(30_000)
  network.respond(the.metadataUrl, metadata())
  await client.token()
  const circuits = events.filter(({ type }) => type.startsWith('circuit'))
  assert.deepEqual(
    circuits.map((event) => `${event.type} ${'about' in event && event.about}`),
    ['circuit_opened metadata', 'circuit_closed metadata'],
  )
})

test('sends the secret as the metadata wants it, and not at all where it is of no use [C11]', async () => {
  const methods = (...names: string[]) => metadata({ token_endpoint_auth_methods_supported: names })
  const post = world(methods('client_secret_post'))
  await post.client.token()
  const sent = post.network.requestsTo(the.tokenEndpoint)[0]
  assert.match(sent?.body ?? '', /client_secret=/)
  const none = world(methods('private_key_jwt'))
  const error = await failureOf(none.client.token())
  assert.deepEqual([error.code, error.kind], ['authentication_not_supported', 'misconfigured'])
  assert.equal(none.network.requestsTo(the.tokenEndpoint).length, 0)
})

test('stops reading metadata when the last caller aborts [C5] [C12]', async () => {
  const signals: AbortSignal[] = []
  const { client, network, clock } = world((request) => {
    signals.push(request.signal)
    return new Promise(() => undefined)
  })
  const caller = new AbortController()
  const waiting = outcomeOf(client.token({ signal: caller.signal }))
  await clock.advance(0)
  caller.abort()
  const { error } = await waiting
  assert(error instanceof TokenAcquisitionError)
  assert.equal(error.kind, 'aborted')
  assert.equal(signals[0]?.aborted, true)
  network.respond(the.metadataUrl, metadata())
  await client.token()
})
