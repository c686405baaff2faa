import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenAcquisitionError } from '@mintmark/client'
import { jsonResponse, the } from '@mintmark/testkit'
import { apiUrl, clientWorld, emptyAnswer, outcomeOf } from '../client-world.ts'
import { api, unauthorized } from '../revocable-api.ts'

test('attaches the token, and keeps everything else of the request [C14]', async () => {
  const { client, network, tokenEndpoint } = clientWorld()
  network.respond(apiUrl, jsonResponse({}))
  await client.fetch(apiUrl, {
    method: 'POST',
    headers: { 'X-Trace': '7', Authorization: 'Basic overridden' },
    body: 'hello',
  })
  const [request] = network.requestsTo(apiUrl)
  assert.equal(request?.method, 'POST')
  assert.equal(request.body, 'hello')
  assert.equal(request.headers.get('x-trace'), '7')
  assert.equal(request.headers.get('authorization'), `Bearer ${tokenEndpoint.token(1)}`)
})

test('takes every form of input and headers that fetch takes [C14]', async () => {
  const { client, network, tokenEndpoint } = clientWorld()
  network.respond(apiUrl, jsonResponse({}))
  const headers = { 'x-trace': '7' }
  await client.fetch(new URL(apiUrl), { headers: new Headers(headers) })
  await client.fetch(apiUrl, { headers: Object.entries(headers) as [string, string][] })
  await client.fetch(new Request(apiUrl, { method: 'PUT', headers, body: 'a' }))
  await client.fetch(new Request(apiUrl, { headers: { 'x-trace': '8' } }), { headers })
  const { fetch: detached } = client
  await detached(apiUrl, { headers })
  const sent = network.requestsTo(apiUrl)
  assert.equal(sent.length, 5)
  for (const request of sent) {
    assert.equal(request.headers.get('x-trace'), '7')
    assert.equal(request.headers.get('authorization'), `Bearer ${tokenEndpoint.token(1)}`)
  }
  assert.deepEqual([sent[2]?.method, sent[2]?.body], ['PUT', 'a'])
})

test('sends nothing without a token, and says why [C6]', async () => {
  const world = clientWorld()
  api(world)
  world.network.respond(the.tokenEndpoint, emptyAnswer(503))
  const { error } = await outcomeOf(world.client.fetch(apiUrl))
  assert(error instanceof TokenAcquisitionError)
  assert.equal(error.code, 'server_unavailable')
  assert.equal(world.network.requestsTo(apiUrl).length, 0)
})

test('sends no token to an origin that it is not meant for, and asks for none [C12]', async () => {
  const { client, network } = clientWorld({ resource: the.audience })
  for (const url of [
    'https://evil.example/',
    'http://api.example/',
    'https://api.example:8443/',
    'https://api.example.evil.example/',
    'ftp://api.example/',
  ]) {
    const { error } = await outcomeOf(client.fetch(url))
    assert(error instanceof TokenAcquisitionError, url)
    assert.deepEqual([error.code, error.kind], ['origin_not_allowed', 'misconfigured'], url)
  }
  assert.equal(network.requests.length, 0)
  for (const url of ['/decisions', 'not a url', '']) {
    assert((await outcomeOf(client.fetch(url))).error instanceof TypeError, url)
  }
})

test('binds each view to the first origin that it calls, where nothing else says [C12]', async () => {
  const { client, network } = clientWorld()
  network.respond(apiUrl, jsonResponse({}))
  network.respond('https://other.example/', jsonResponse({}))
  const codeOf = async (promise: Promise<unknown>) => {
    const { error } = await outcomeOf(promise)
    return error instanceof TokenAcquisitionError ? error.code : 'sent'
  }
  const view = client.for({})
  assert.equal(await codeOf(client.fetch(apiUrl)), 'sent')
  assert.equal(await codeOf(client.fetch('https://other.example/')), 'origin_not_allowed')
  assert.equal(await codeOf(view.fetch('https://other.example/')), 'sent')
  const listed = client.for({ allowedOrigins: [the.audience, 'https://other.example'] })
  assert.equal(await codeOf(listed.fetch(apiUrl)), 'sent')
  assert.equal(await codeOf(listed.fetch('https://other.example/')), 'sent')
  assert.equal(await codeOf(listed.for({}).fetch('https://third.example/')), 'origin_not_allowed')
})

test('rejects with the reason of the signal, as fetch does, wherever the abort comes [C5]', async () => {
  const reason = new Error('the caller is gone')
  const world = clientWorld()
  const { client, network, tokenEndpoint, clock } = world

  const before = await outcomeOf(client.fetch(apiUrl, { signal: AbortSignal.abort(reason) }))
  assert.equal(before.error, reason)

  tokenEndpoint.hold()
  const waiting = new AbortController()
  const inLine = outcomeOf(client.fetch(apiUrl, { signal: waiting.signal }))
  await clock.advance(0)
  waiting.abort(reason)
  assert.equal((await inLine).error, reason)
  assert.equal(network.requestsTo(apiUrl).length, 0)

  tokenEndpoint.release()
  await client.warm()
  network.respond(apiUrl, () => new Promise(() => undefined))
  const calling = new AbortController()
  const onTheWay = outcomeOf(client.fetch(new Request(apiUrl, { signal: calling.signal })))
  await clock.advance(0)
  calling.abort(reason)
  assert.equal((await onTheWay).error, reason)

  network.respond(apiUrl, () => unauthorized())
  tokenEndpoint.hold()
  const renewing = new AbortController()
  const afterRefusal = outcomeOf(client.fetch(apiUrl, { signal: renewing.signal }))
  await clock.advance(0)
  renewing.abort(reason)
  assert.equal((await afterRefusal).error, reason)
})

test('passes on what the network does to the call itself, and does not repeat it [C6]', async () => {
  const { client, network } = clientWorld()
  const failure = new TypeError('fetch failed')
  network.respond(apiUrl, () => {
    throw failure
  })
  assert.equal((await outcomeOf(client.fetch(apiUrl))).error, failure)
  assert.equal(network.requestsTo(apiUrl).length, 1)
})
