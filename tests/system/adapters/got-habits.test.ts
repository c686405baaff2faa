/** What people do with got beyond plain requests, with the adapter in between. */
import assert from 'node:assert/strict'
import { request as sendRequest } from 'node:http'
import { type TestContext, test } from 'node:test'
import { authorizeGot } from '@mintmark/client/got'
import got, { type ExtendOptions, HTTPError } from 'got'
import { adapterWorld } from './with-adapter-world.ts'

async function gotWorld(t: TestContext, options: ExtendOptions = {}) {
  const world = await adapterWorld(t)
  const prefixUrl = `${world.api}/v1`
  const reasons: string[] = []
  const client = world.client({
    observer: (event) => {
      if (event.type === 'token_refused') reasons.push(event.reason)
    },
  })
  const api = got.extend({ prefixUrl, ...options }, authorizeGot(client))
  return { world, api, reasons }
}

const quickly: ExtendOptions = { retry: { limit: 2, backoffLimit: 1 } }

test('combines prefixUrl, json and search parameters as got does [C14]', async (t) => {
  const { world, api } = await gotWorld(t)
  world.onPath('/v1/orders?page=2', ({ body }, response) => void response.end(body))
  const order = { book: 'Emma' }
  const answer = await api.post('orders', { json: order, searchParams: { page: 2 } }).json()
  assert.deepEqual(answer, order)
  assert.equal(world.arrivals[0]?.headers['content-type'], 'application/json')
})

test('repeats a refused order of json with the same bytes [C6]', async (t) => {
  const { world, api } = await gotWorld(t)
  await api('orders')
  world.revokeTokens()
  await api.post('orders', { json: { book: 'Emma' } })
  const [, refused, repeated] = world.arrivals
  assert.deepEqual(
    [String(refused?.body), String(repeated?.body)],
    Array(2).fill('{"book":"Emma"}'),
  )
})

test('authorizes what got repeats by itself [C14]', async (t) => {
  const { world, api } = await gotWorld(t, quickly)
  let answers = 0
  world.onPath('/v1/orders', (_arrival, response) => {
    answers += 1
    if (answers === 2) world.revokeTokens()
    response.writeHead(answers < 3 ? 503 : 200).end('served')
  })
  assert.equal(await api('orders').text(), 'served')
  assert.deepEqual(
    world.arrivals.map(({ headers }) => headers.authorization),
    [0, 0, 0, 1].map((token) => `Bearer ${world.tokens[token]}`),
  )
})

test('authorizes a stream, and retires the token that it is refused with [C6]', async (t) => {
  const { world, api, reasons } = await gotWorld(t)
  const chunks = await api.stream('orders').toArray()
  assert.equal(Buffer.concat(chunks).toString(), 'served')
  world.revokeTokens()
  const refused = api.stream.post('orders', { body: 'an order' }).toArray()
  await assert.rejects(refused, (error) => error instanceof HTTPError)
  assert.deepEqual([reasons, world.tokenRequestCount], [['body_not_replayable'], 1])
  assert.equal(await api('orders').text(), 'served')
  assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [3, 2])
})

test('calls the request function that the caller brings [C14]', async (t) => {
  const seen: unknown[] = []
  const { world, api } = await gotWorld(t, {
    request: (url, options, callback) => {
      seen.push(options.headers?.['authorization' as never])
      return sendRequest(url, options as object, callback as never)
    },
  })
  await api('orders')
  world.revokeTokens()
  await api('orders')
  assert.deepEqual(
    seen,
    [0, 0, 1].map((token) => `Bearer ${world.tokens[token]}`),
  )
})

test('runs the hooks of the caller for every sending [C14]', async (t) => {
  const hooks: string[] = []
  const { world, api } = await gotWorld(t)
  const watched = api.extend({
    hooks: {
      beforeRequest: [({ headers }) => void hooks.push(`before ${headers.authorization}`)],
      afterResponse: [
        (response) => {
          hooks.push(`after ${response.statusCode}`)
          return response
        },
      ],
    },
  })
  await watched('orders')
  world.revokeTokens()
  await watched('orders')
  // The token is not among the options, and what is replaced is nobody's answer.
  assert.deepEqual(hooks, [
    ...['before undefined', 'after 200'],
    ...['before undefined', 'before undefined', 'after 200'],
  ])
})

test('goes on without the token once a redirect led elsewhere, also when got repeats that [C12]', async (t) => {
  const { world, api } = await gotWorld(t, quickly)
  world.onPath('/v1/orders', (_arrival, response) => {
    response.writeHead(307, { location: `${world.elsewhere}/orders` }).end()
  })
  world.onElsewhere((_arrival, response) => {
    response.writeHead(world.arrivalsElsewhere.length < 2 ? 503 : 200).end('elsewhere')
  })
  assert.equal(await api('orders').text(), 'elsewhere')
  assert.equal(world.arrivalsElsewhere.length, 2)
  for (const { headers } of world.arrivalsElsewhere) assert.equal(headers.authorization, undefined)
})
