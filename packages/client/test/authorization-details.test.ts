import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import fc from 'fast-check'
import { authorizationDetailsValue } from '../src/authorization-details.ts'
import { clientWorld } from './client-world.ts'

/** `value` inside so many arrays. */
function nested(depth: number): unknown {
  return depth === 0 ? 'x' : [nested(depth - 1)]
}

const detail = fc
  .record({
    type: fc.string({ unit: 'grapheme', minLength: 1 }),
    rest: fc.jsonValue({ maxDepth: 3 }),
  })
  .map(({ type, rest }) => ({ type, rest }))

test('writes the same request in one form, whatever the order of its members and objects [C1] [C13]', () => {
  const written = authorizationDetailsValue([
    { type: 'b', locations: ['y', 'x'] },
    { a: { z: 1, y: [true, null, { q: -0, p: 1.5 }] }, type: 'a', left: undefined },
    { locations: ['y', 'x'], type: 'b' },
  ])
  assert.equal(
    written,
    '[{"a":{"y":[true,null,{"p":1.5,"q":0}],"z":1},"type":"a"},{"locations":["y","x"],"type":"b"}]',
  )
  assert.equal(authorizationDetailsValue([]), undefined)
})

test('means what was given, and is its own form [C13]', () => {
  fc.assert(
    fc.property(fc.array(detail, { maxLength: 5 }), (details) => {
      const text = authorizationDetailsValue(details)
      const read: unknown = JSON.parse(text ?? '[]')
      assert.equal(authorizationDetailsValue(read), text)
      assert.equal(authorizationDetailsValue(details.toReversed()), text)
      const distinct = new Set(details.map((one) => authorizationDetailsValue([one])))
      assert.equal((read as unknown[]).length, distinct.size)
    }),
  )
})

test('refuses what is no array of bounded JSON objects with a type, without showing it [C10] [C13]', () => {
  const cycle: Record<string, unknown> = { type: 'a' }
  cycle.self = cycle
  const rows: readonly [what: string, value: unknown][] = [
    ['text', '[{"type":"a"}]'],
    ['an object', { type: 'a' }],
    ['nothing', null],
    ['an array of text', ['a']],
    ['an array of nothing', [null]],
    ['an array of arrays', [[]]],
    ['no type', [{ kind: 'a' }]],
    ['an inherited type', [Object.create({ type: 'a' })]],
    ['an empty type', [{ type: '' }]],
    ['a type that is no text', [{ type: 1 }]],
    ['too many', Array.from({ length: 33 }, (_, number) => ({ type: `t${number}` }))],
    ['too deep', [{ type: 'a', x: nested(15) }]],
    ['too long', [{ type: 'a', x: 'hidden'.repeat(2_000) }]],
    ['a cycle', [cycle]],
    ['a date', [{ type: 'a', x: new Date(0) }]],
    ['a map', [{ type: 'a', x: new Map() }]],
    ['a function', [{ type: 'a', x: () => 'hidden' }]],
    ['a big integer', [{ type: 'a', x: 1n }]],
    ['no number', [{ type: 'a', x: Number.NaN }]],
    ['infinity', [{ type: 'a', x: Number.POSITIVE_INFINITY }]],
    ['a gap', [{ type: 'a', x: [undefined] }]],
    ['half a character', [{ type: 'a', x: '\ud800' }]],
    ['half a character in a name', [{ type: 'a', '\ud800': 'x' }]],
  ]
  for (const [what, value] of rows) {
    assert.throws(
      () => authorizationDetailsValue(value),
      (error: unknown) => error instanceof TypeError && !error.message.includes('hidden'),
      what,
    )
  }
})

test('takes what is just within the bounds [C13]', () => {
  const rows = [
    Array.from({ length: 32 }, (_, number) => ({ type: `t${number}` })),
    [{ type: 'a', x: nested(14) }],
    [{ type: 'a', x: 'x'.repeat(8_192 - '[{"type":"a","x":""}]'.length) }],
  ]
  for (const value of rows) assert.equal(typeof authorizationDetailsValue(value), 'string')
})

test('sends the details in the form, and has one token for each set of them [C1] [C13]', async () => {
  const authorizationDetails = [{ type: 'decision', actions: ['read'], amount: 5 }]
  const { client, network, tokenEndpoint } = clientWorld({ authorizationDetails })
  await client.token()
  const [request] = network.requestsTo(the.tokenEndpoint)
  assert.equal(
    new URLSearchParams(request?.body).get('authorization_details'),
    '[{"actions":["read"],"amount":5,"type":"decision"}]',
  )
  const same = client.for({
    authorizationDetails: [{ amount: 5, actions: ['read'], type: 'decision' }],
  })
  const inherited = client.for({ audience: 'a' })
  const other = client.for({ authorizationDetails: [{ type: 'decision' }] })
  const none = client.for({ authorizationDetails: [] })
  await same.token()
  assert.equal(tokenEndpoint.requestCount, 1)
  for (const view of [inherited, other, none]) await view.token()
  const sent = network
    .requestsTo(the.tokenEndpoint)
    .map(({ body }) => new URLSearchParams(body).get('authorization_details'))
  assert.deepEqual(sent.slice(1), [sent[0], '[{"type":"decision"}]', null])
})

test('sends every resource, the audience and the details with both kinds of body [C13]', async () => {
  const options = {
    resource: ['https://b.example', 'https://a.example'],
    audience: 'https://audience.example',
    authorizationDetails: [{ type: 'decision' }],
  }
  const form = clientWorld(options)
  await form.client.token()
  const sentForm = new URLSearchParams(form.network.requestsTo(the.tokenEndpoint)[0]?.body)
  assert.deepEqual(sentForm.getAll('resource'), ['https://a.example', 'https://b.example'])
  assert.deepEqual(sentForm.getAll('audience'), ['https://audience.example'])
  assert.deepEqual(sentForm.getAll('authorization_details'), ['[{"type":"decision"}]'])

  const json = clientWorld({ ...options, preset: 'myparcel' })
  await json.client.token()
  const {
    scope: _,
    client_secret: __,
    ...sentJson
  } = JSON.parse(json.network.requestsTo(the.tokenEndpoint)[0]?.body ?? '')
  assert.deepEqual(sentJson, {
    grant_type: 'client_credentials',
    client_id: the.clientId,
    resource: ['https://a.example', 'https://b.example'],
    audience: 'https://audience.example',
    authorization_details: '[{"type":"decision"}]',
  })
})

test('takes the details from no other option [C13]', () => {
  assert.throws(
    () => clientWorld({ extraParameters: { authorization_details: '[]' } }),
    (error: unknown) => error instanceof RangeError,
  )
})
