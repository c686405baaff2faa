import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonResponse, the } from '@mintmark/testkit'
import { apiUrl } from '../client-world.ts'
import { reasonsIn } from '../revocable-api.ts'
import { boundWorld, challenged } from './bound-world.ts'

let nonces = 0
const nonce = () => {
  nonces += 1
  return challenged('use_dpop_nonce', `n${nonces}`)
}
const spent = () => challenged('invalid_token')
const good = () => jsonResponse({})
const rows: readonly [
  what: string,
  answers: readonly (() => Response)[],
  expected: { readonly status: number; readonly sent: number; readonly tokens: number },
][] = [
  ['a nonce', [nonce, good], { status: 200, sent: 2, tokens: 1 }],
  ['always another nonce', [nonce], { status: 401, sent: 2, tokens: 1 }],
  ['a nonce, then a renewal', [nonce, spent, good], { status: 200, sent: 3, tokens: 2 }],
  ['a renewal, then a nonce', [spent, nonce, good], { status: 200, sent: 3, tokens: 2 }],
  ['a nonce after both', [nonce, spent, nonce, good], { status: 401, sent: 3, tokens: 2 }],
  ['a renewal after both', [spent, nonce, spent, good], { status: 401, sent: 3, tokens: 2 }],
  ['two renewals', [spent, spent, good], { status: 401, sent: 2, tokens: 2 }],
  [
    'no nonce in the answer',
    [() => challenged('use_dpop_nonce'), good],
    { status: 401, sent: 1, tokens: 1 },
  ],
  [
    'a nonce that is none',
    [() => challenged('use_dpop_nonce', 'a b'), good],
    { status: 401, sent: 1, tokens: 1 },
  ],
  [
    'a nonce under another scheme',
    [() => challenged('use_dpop_nonce', 'n', 'Bearer'), good],
    { status: 401, sent: 1, tokens: 1 },
  ],
  [
    'a nonce with another error',
    [() => challenged('invalid_dpop_proof', 'n'), good],
    { status: 401, sent: 1, tokens: 1 },
  ],
  [
    'too little scope',
    [() => challenged('insufficient_scope'), good],
    { status: 401, sent: 1, tokens: 1 },
  ],
  [
    'a spent token under another scheme',
    [() => challenged('invalid_token', undefined, 'Bearer'), good],
    { status: 401, sent: 1, tokens: 1 },
  ],
]

test('proves the same key at the token endpoint and in each call [C13]', async () => {
  const { client, network, judge } = boundWorld()
  network.respond(apiUrl, jsonResponse({}))
  const orders = client.for({ audience: 'orders' })
  await client.fetch(`${apiUrl}?page=1#top`)
  await client.fetch(apiUrl, { method: 'POST', body: 'an order', headers: { dpop: 'forged' } })
  await orders.fetch(apiUrl, { method: 'delete' })
  const token = await client.token()
  assert.equal(token.tokenType, 'DPoP')
  const calls = network.requestsTo(apiUrl)
  assert.equal(calls[0]?.headers.get('authorization'), `DPoP ${token.reveal()}`)
  assert.equal(network.requestsTo(the.tokenEndpoint).length, 2)
  const proven = await Promise.all(network.requests.map(judge))
  assert.equal(new Set(proven.map(({ thumbprint }) => thumbprint)).size, 1)
  assert.equal(proven.filter(({ claims }) => 'ath' in claims).length, 3)
})

test('sends a call again at most for one nonce and one renewal [C6] [C13]', async () => {
  for (const [what, answers, expected] of rows) {
    const { client, network, judge, tokenEndpoint } = boundWorld()
    let count = 0
    network.respond(apiUrl, async (request) => {
      await judge(request)
      const answer = answers[Math.min(count, answers.length - 1)]
      count += 1
      return answer?.() ?? Response.error()
    })
    const { status } = await client.fetch(apiUrl, { method: 'PUT', body: 'an order' })
    const sent = network.requestsTo(apiUrl)
    assert.deepEqual(
      { status, sent: sent.length, tokens: tokenEndpoint.requestCount },
      expected,
      what,
    )
    assert(
      sent.every(({ body }) => body === 'an order'),
      what,
    )
  }
})

test('repeats the call with the nonce and the same token, and says so [C13] [C16]', async () => {
  const { client, network, judge, events } = boundWorld()
  const proofs: unknown[] = []
  network.respond(apiUrl, async (request) => {
    const { nonce } = await judge(request)
    proofs.push(nonce)
    if (nonce === undefined) return challenged('use_dpop_nonce', 'n1')
    return jsonResponse({}, { headers: { 'dpop-nonce': `after-${nonce}` } })
  })
  await client.fetch(apiUrl)
  await client.fetch(apiUrl)
  assert.deepEqual(proofs, [undefined, 'n1', 'after-n1'])
  const tokens = network.requestsTo(apiUrl).map(({ headers }) => headers.get('authorization'))
  assert.equal(new Set(tokens).size, 1)
  const told = events.flatMap((event) => (event.type === 'nonce_requested' ? [event.by] : []))
  assert.deepEqual(told, ['resource_server'])
  assert.deepEqual(reasonsIn(events), [])
})

test('does not repeat a body that is used up, but knows the nonce for the next call [C13]', async () => {
  const { client, network, judge } = boundWorld()
  network.respond(apiUrl, async (request) =>
    (await judge(request)).nonce === 'n1' ? jsonResponse({}) : challenged('use_dpop_nonce', 'n1'),
  )
  const send = () => {
    const body = new Blob(['an order']).stream()
    return client.fetch(apiUrl, { method: 'POST', body, duplex: 'half' })
  }
  assert.equal((await send()).status, 401)
  assert.equal((await send()).status, 200)
  assert.equal(network.requestsTo(apiUrl).length, 2)
})

test('repeats each of 200 calls that are told the same nonce at once [C13]', async () => {
  const { client, network, judge, tokenEndpoint } = boundWorld()
  network.respond(apiUrl, async (request) =>
    (await judge(request)).nonce === 'n1' ? jsonResponse({}) : challenged('use_dpop_nonce', 'n1'),
  )
  const answers = await Promise.all(Array.from({ length: 200 }, () => client.fetch(apiUrl)))
  assert(answers.every(({ status }) => status === 200))
  assert.equal(network.requestsTo(apiUrl).length, 400)
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('takes no nonce from where a redirect led [C12] [C13]', async () => {
  const { client, judge } = boundWorld({ allowedOrigins: [the.audience, 'https://evil.example'] })
  await client.warm()
  const request = { url: apiUrl, isReplayable: true }
  const sent = await client.authorize(request)
  const answer = {
    status: 401,
    wwwAuthenticate: 'DPoP error="use_dpop_nonce"',
    dpopNonce: 'stolen',
    url: 'https://evil.example/decisions',
  }
  assert.equal(await client.reauthorize(request, sent, answer), undefined)
  for (const url of [apiUrl, answer.url]) {
    const { headers } = await client.authorize({ url, isReplayable: true })
    const { nonce } = await judge({ method: 'GET', url, headers: new Headers(headers) })
    assert.equal(nonce, undefined)
  }
})
