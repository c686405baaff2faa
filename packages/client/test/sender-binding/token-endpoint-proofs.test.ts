import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientSecretPost, dpop } from '@mintmark/client'
import { redact } from '@mintmark/protocol'
import { jsonResponse, type Responder, some, the } from '@mintmark/testkit'
import { apiUrl, failureOf, tokenError } from '../client-world.ts'
import { boundWorld, wantsNonce } from './bound-world.ts'
import { proofJudge } from './proof-judge.ts'

test('asks again at once with the nonce and everything else afresh [C11] [C13]', async () => {
  let assertions = 0
  const { client, network, judge, tokenEndpoint, events } = boundWorld({
    clientAuthentication: {
      ...clientSecretPost('unused'),
      read: async () => ({
        identity: redact('credential', 'one'),
        present: () => {
          assertions += 1
          const parameters = [['client_assertion', `assertion ${assertions}`]] as const
          return { authorization: undefined, parameters }
        },
      }),
    },
  })
  tokenEndpoint.fail(wantsNonce('n1'))
  await client.token()
  const sent = network.requestsTo(the.tokenEndpoint)
  assert.deepEqual(
    sent.map(({ body }) => new URLSearchParams(body).get('client_assertion')),
    ['assertion 1', 'assertion 2'],
  )
  const proven = await Promise.all(sent.map(judge))
  assert.deepEqual(
    proven.map(({ nonce }) => nonce),
    [undefined, 'n1'],
  )
  assert.deepEqual(
    events.filter(({ type }) => type === 'nonce_requested'),
    [
      {
        type: 'nonce_requested',
        request: { scope: the.scope, resources: [], audience: undefined },
        by: 'authorization_server',
      },
    ],
  )
  const [obtained] = events.flatMap((event) => (event.type === 'token_obtained' ? [event] : []))
  assert.equal(obtained?.attempts, 2)
})

test('remembers the nonce of every answer of the token endpoint [C13]', async () => {
  const { client, network, judge, tokenEndpoint } = boundWorld()
  const granted = (nonce: string) => () =>
    jsonResponse(some.tokenResponse({ token_type: 'DPoP' }), { headers: { 'dpop-nonce': nonce } })
  tokenEndpoint.fail(granted('n1'), tokenError('invalid_scope', 400, { 'dpop-nonce': 'n2' }))
  await client.token()
  await failureOf(client.for({ audience: 'a' }).token())
  await client.for({ audience: 'b' }).token()
  const proven = await Promise.all(network.requestsTo(the.tokenEndpoint).map(judge))
  assert.deepEqual(
    proven.map(({ nonce }) => nonce),
    [undefined, 'n1', 'n2'],
  )
})

test('asks for one nonce once, whatever the token endpoint does [C13]', async () => {
  let count = 0
  const fresh: Responder = (request) => {
    count += 1
    return wantsNonce(`n${count}`)(request)
  }
  const rows: readonly [what: string, answer: Responder, requests: number, code: string][] = [
    ['always another nonce', fresh, 2, 'nonce_refused'],
    ['always the same nonce', wantsNonce('same'), 2, 'nonce_refused'],
    ['always, under 401', wantsNonce('same', 401), 2, 'nonce_refused'],
    ['no nonce', wantsNonce(undefined), 1, 'nonce_refused'],
    ['a nonce that is none', wantsNonce('a b'), 1, 'nonce_refused'],
    ['an endless nonce', wantsNonce('a'.repeat(513)), 1, 'nonce_refused'],
    [
      'another error with a nonce',
      tokenError('invalid_dpop_proof', 400, { 'dpop-nonce': 'n' }),
      1,
      'proof_refused',
    ],
    [
      'an outage with a nonce',
      tokenError('use_dpop_nonce', 500, { 'dpop-nonce': 'n' }),
      1,
      'server_unavailable',
    ],
  ]
  for (const [what, answer, requests, code] of rows) {
    const { client, network } = boundWorld()
    network.respond(the.tokenEndpoint, answer)
    const error = await failureOf(client.token())
    assert.equal(error.code, code, what)
    assert.equal(network.requests.length, requests, what)
  }
})

test('gives no token of another type than it asked for, and keeps none [C1] [C13]', async () => {
  for (const tokenType of ['Bearer', 'bearer', 'mac', 'DPoPs']) {
    const { client, network, tokenEndpoint } = boundWorld()
    network.respond(the.tokenEndpoint, () =>
      jsonResponse(some.tokenResponse({ token_type: tokenType })),
    )
    const error = await failureOf(client.fetch(apiUrl))
    assert.deepEqual([error.code, error.kind], ['token_type_mismatch', 'terminal'], tokenType)
    assert.equal(client.currentToken(), undefined)
    assert.equal(client.ready(), false)
    assert.equal(network.requestsTo(apiUrl).length, 0)
    assert.equal(tokenEndpoint.requestCount, 0)
  }
  const { client, network } = boundWorld()
  network.respond(the.tokenEndpoint, jsonResponse(some.tokenResponse({ token_type: 'dpop' })))
  network.respond(apiUrl, jsonResponse({}))
  await client.fetch(apiUrl)
  assert.match(network.requestsTo(apiUrl)[0]?.headers.get('authorization') ?? '', /^DPoP \S+$/)
})

test('proves by the clock of the server where its own is wrong [C13]', async () => {
  for (const skewSeconds of [-600, 600]) {
    const world = boundWorld()
    const { client, network, clock } = world
    const serverWallMs = () => clock.wallMs() + skewSeconds * 1000
    const judge = proofJudge(serverWallMs)
    network.respond(the.tokenEndpoint, async (request) => {
      const headers = { date: new Date(serverWallMs()).toUTCString() }
      const isAccepted = await judge(request).then(
        () => true,
        () => false,
      )
      return isAccepted
        ? jsonResponse(some.tokenResponse({ token_type: 'DPoP' }), { headers })
        : tokenError('invalid_dpop_proof', 400, headers)()
    })
    network.respond(apiUrl, async (request) => {
      await judge(request)
      return jsonResponse({})
    })
    assert.equal((await client.fetch(apiUrl)).status, 200)
    assert.equal(network.requestsTo(the.tokenEndpoint).length, 2)
    await client.for({ audience: 'a' }).token()
    assert.equal(network.requestsTo(the.tokenEndpoint).length, 3)
  }
})

test('takes a proof that is refused for no reason of time as final [C7] [C13]', async () => {
  const { client, network } = boundWorld()
  network.respond(the.tokenEndpoint, tokenError('invalid_dpop_proof', 400))
  for (let call = 0; call < 5; call += 1) {
    const { code, kind, oauthError } = await failureOf(client.token())
    assert.deepEqual([code, kind, oauthError], ['proof_refused', 'terminal', 'invalid_dpop_proof'])
  }
  assert.equal(network.requests.length, 1)
})

test('waits in vain for nothing when a proof cannot be made [C7] [C13]', async () => {
  const { client, network } = boundWorld({
    senderBinding: {
      bind: (parts) => ({
        ...dpop().bind(parts),
        prove: () => Promise.reject(new Error('the key store is locked: hidden')),
      }),
    },
  })
  const error = await failureOf(client.token())
  assert.equal(error.code, 'credential_unavailable')
  assert(!String(error.stack).includes('hidden'))
  assert.equal(network.requests.length, 0)
})
