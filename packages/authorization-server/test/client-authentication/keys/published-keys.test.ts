import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
import { publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { attackerKeys, fixtureKeys, startLoopbackServer } from '@mintmark/testkit'
import {
  createGuardedTransport,
  InternalAddressError,
} from '../../../src/client-authentication/keys/guarded-transport.ts'
import { lastRefusal, presentAssertion, servingAsserter, someAssertion } from '../asserting.ts'

const set = serialiseJwkSet([publicJwkOf(fixtureKeys.ES256)])
const everywhere = createGuardedTransport(() => true)

/** A server that a test is rid of when it ends. */
async function publishingServer(listener: RequestListener) {
  const { origin, close } = await startLoopbackServer(listener)
  return { origin, [Symbol.asyncDispose]: close }
}

async function publishing(answer: () => Response) {
  let requests = 0
  const publisher = await publishingServer((_request, response) => {
    requests += 1
    const { status, headers } = answer()
    const body = answer().text()
    response.writeHead(status, Object.fromEntries(headers))
    void body.then((text) => response.end(text))
  })
  const jwksUri = `${publisher.origin}/keys`
  const world = await servingAsserter(
    { settings: { keys: { kind: 'jwks_uri', jwksUri } } },
    { transport: everywhere },
  )
  return { publisher, world, requests: () => requests }
}

test('keys that a client publishes are fetched once for all its assertions [A6]', async () => {
  const { publisher, world, requests } = await publishing(() => new Response(set))
  await using _ = world
  await using __ = publisher
  for (let at = 0; at < 3; at += 1) await presentAssertion(world, await someAssertion())
  assert.equal(lastRefusal(world), undefined)
  assert.equal(requests(), 1)
})

test('keys that cannot be had are a 503, and the observer hears why [A6]', async () => {
  const { publisher, world } = await publishing(
    () => new Response('', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }),
  )
  await using _ = world
  await using __ = publisher
  const response = await presentAssertion(world, await someAssertion())
  assert.equal(response.status, 503)
  assert.equal(lastRefusal(world), 'client_keys_unavailable')
  const failed = world.events.find((event) => event.type === 'key_set_fetch_failed')
  assert.equal(failed?.violation, 'redirected')
})

test('a key that is not among the published ones is refused on their word [A6]', async () => {
  const { publisher, world } = await publishing(() => new Response(set))
  await using _ = world
  await using __ = publisher
  await presentAssertion(world, await someAssertion({ key: attackerKeys.ES256 }))
  assert.equal(lastRefusal(world), 'assertion_key_unknown')
})

test('a published set of half a megabyte is not read to its end [A6]', async () => {
  const { publisher, world } = await publishing(() => new Response(set + ' '.repeat(600_000)))
  await using _ = world
  await using __ = publisher
  await presentAssertion(world, await someAssertion())
  const failed = world.events.find((event) => event.type === 'key_set_fetch_failed')
  assert.equal(failed?.violation, 'body_too_large')
})

test('a server on the Internet asks nobody in its own network for keys [A6]', async () => {
  let isAsked = false
  await using neighbour = await publishingServer((_request, response) => {
    isAsked = true
    response.end(set)
  })
  const port = new URL(neighbour.origin).port
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433']) {
    const transport = createGuardedTransport(() => false)
    await assert.rejects(transport(`http://${host}:${port}/`), InternalAddressError)
  }
  await using world = await servingAsserter({
    settings: { keys: { kind: 'jwks_uri', jwksUri: `http://localhost:${port}/keys` } },
  })
  await presentAssertion(world, await someAssertion())
  assert.equal(lastRefusal(world), 'client_keys_unavailable')
  assert.equal(isAsked, false)
})

test('a neighbour may be named [A6]', async () => {
  await using neighbour = await publishingServer((_request, response) => {
    response.end(set)
  })
  const transport = createGuardedTransport((host) => host === 'localhost')
  const port = new URL(neighbour.origin).port
  const response = await transport(`http://localhost:${port}/`)
  assert.equal(await response.text(), set)
})
