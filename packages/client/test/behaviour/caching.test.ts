import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClient } from '@mintmark/client'
import { findSecret, the } from '@mintmark/testkit'
import { clientWorld } from '../client-world.ts'

/** The scripted endpoint numbers its tokens; this gives the number that a client serves. */
async function served(client: TokenClient, token: (number: number) => string): Promise<number> {
  const text = (await client.token()).reveal()
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].find((number) => token(number) === text) ?? 0
}

test('starts one token request for ten thousand concurrent callers [T1] [C1] [C5]', async () => {
  const { client, tokenEndpoint } = clientWorld()
  const tokens = await Promise.all(Array.from({ length: 10_000 }, () => client.token()))
  assert.equal(tokenEndpoint.requestCount, 1)
  assert.equal(new Set(tokens).size, 1)
})

test('answers from the cache without another request, with the same promise [C2]', async () => {
  const { client, tokenEndpoint, network } = clientWorld()
  const token = await client.token()
  assert.equal(client.token(), client.token())
  assert.equal(client.currentToken(), token)
  assert.equal(await client.token({ deadlineMs: 5 }), token)
  assert.equal(tokenEndpoint.requestCount, 1)
  assert.equal(network.requests.length, 1)
})

test('tells what the token is, and hides its text [C10]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  const token = await client.token()
  assert.equal(token.reveal(), tokenEndpoint.token(1))
  assert.equal(token.scope, the.scope)
  assert.equal(token.tokenType, 'Bearer')
  assert.equal(token.expiresAt.getTime(), clock.wallMs() + 3_600_000)
  assert.match(token.fingerprint, /^[0-9a-f]{16}$/)
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token.reveal()))
  assert.equal(token.fingerprint, Buffer.from(hash).toString('hex').slice(0, 16))
  assert.equal(findSecret(String(token), token.reveal()), undefined)
})

test('gets a new token after the cache was cleared by hand, and callers notice nothing [T2]', async () => {
  const { client, tokenEndpoint } = clientWorld()
  assert.equal(await served(client, tokenEndpoint.token), 1)
  client.forget()
  assert.equal(client.ready(), false)
  assert.equal(client.currentToken(), undefined)
  assert.equal(await served(client, tokenEndpoint.token), 2)
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('shares a token between views that ask for the same, and only between those [C1]', async () => {
  const { client, tokenEndpoint } = clientWorld()
  const views = [
    client,
    client.for({}),
    client.for({ scope: 'decisions:read applications:write' }),
    client.for({ scope: 'decisions:read' }),
    client.for({ audience: 'a' }),
    client.for({ audience: 'b' }),
    client.for({ resource: 'https://a.example' }),
    client.for({ resource: ['https://b.example', 'https://a.example'] }),
    client.for({ resource: ['https://a.example', 'https://b.example', 'https://a.example'] }),
    client.for({ extraParameters: { tenant: '1' } }),
    client.for({ extraParameters: { tenant: '2' } }),
  ]
  const tokens = await Promise.all(views.map((view) => view.token()))
  assert.equal(tokenEndpoint.requestCount, 8)
  const [own, same, reordered, narrower, a, b, one, two, twoReordered, first, second] = tokens
  assert.equal(own, same)
  assert.equal(own, reordered)
  assert.equal(two, twoReordered)
  assert.equal(new Set([own, narrower, a, b, one, two, first, second]).size, 8)
})

test('lets a view of a view inherit what it does not change [C1]', async () => {
  const { client, network } = clientWorld({ audience: 'a', extraParameters: { tenant: '1' } })
  await client.for({ resource: 'urn:r' }).for({ scope: '', audience: 'b' }).token()
  const sent = new URLSearchParams(network.requests[0]?.body)
  assert.deepEqual(Object.fromEntries(sent), {
    grant_type: 'client_credentials',
    resource: 'urn:r',
    audience: 'b',
    tenant: '1',
  })
})

test('drops the token used longest ago when more keys are asked for than are kept [C1]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({ keysMax: 3 })
  const [a, b] = ['a', 'b'].map((audience) => client.for({ audience }))
  assert(a && b)
  for (const view of [client, a, b, client]) {
    await view.token()
    await clock.advance(1)
  }
  await client.for({ audience: 'c' }).token()
  assert.deepEqual([client.ready(), b.ready(), tokenEndpoint.requestCount], [true, true, 4])
  assert.equal(a.ready(), false)
  await a.token()
  assert.equal(tokenEndpoint.requestCount, 5)
})
