import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  clientSecretBasic,
  clientSecretPost,
  privateKeyJwt,
  type TokenClientEvent,
  type TokenClientOptions,
} from '@mintmark/client'
import { eventLoopTurns, fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import { clientWorld, failureOf, tokenError } from '../client-world.ts'

const next = 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEb'
const current = the.clientSecret

/** A client, and a token endpoint that accepts some secrets in the body and refuses every other. */
function world(options: Partial<TokenClientOptions> = {}, refusal = 'invalid_client') {
  const accepted = new Set<string>()
  const made = clientWorld({
    clientAuthentication: [clientSecretPost(next), clientSecretPost(current)],
    ...options,
  })
  made.network.respond(the.tokenEndpoint, async (request) => {
    const form = new URLSearchParams(await request.clone().text())
    const isAccepted = accepted.has(form.get('client_secret') ?? '')
    return isAccepted ? made.tokenEndpoint.responder(request) : tokenError(refusal, 401)()
  })
  const accept = (...secrets: readonly string[]): void => {
    accepted.clear()
    for (const secret of secrets) accepted.add(secret)
  }
  const requests = () => made.network.requests.length
  const renew = async (): Promise<void> => {
    made.client.forget()
    await made.client.token()
  }
  return { ...made, accept, requests, renew }
}

function fallbacks(events: readonly TokenClientEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'credential_fallback' ? [`${event.from} to ${event.to}`] : [],
  )
}

test('goes on with the other credential when one is refused, and stays with it [C11]', async () => {
  const { accept, renew, requests, events } = world()
  accept(current)
  await renew()
  assert.equal(requests(), 2)
  await renew()
  await renew()
  assert.equal(requests(), 4)
  accept(next)
  await renew()
  assert.equal(requests(), 6)
  await renew()
  assert.equal(requests(), 7)
  assert.deepEqual(fallbacks(events), ['1 to 2', '2 to 1'])
})

test('follows a server that changes its mind again and again, at one request more each time [C11]', async () => {
  const { accept, renew, requests } = world()
  for (let turn = 0; turn < 20; turn += 1) {
    accept(turn % 2 === 0 ? next : current)
    await renew()
  }
  assert.equal(requests(), 20 + 19)
})

test('needs no other credential while both are accepted [C11]', async () => {
  const { accept, renew, requests, events } = world()
  accept(next, current)
  await renew()
  accept(next)
  await renew()
  assert.equal(requests(), 2)
  assert.deepEqual(fallbacks(events), [])
})

test('counts every request, and tries each credential once when all are refused [C7] [C11]', async () => {
  const { client, clock, requests } = world()
  const first = await failureOf(client.token())
  assert.deepEqual([first.code, first.attempts, first.retryAfterMs], ['client_refused', 2, 30_000])
  for (let call = 0; call < 100; call += 1) {
    const view = call % 2 ? client : client.for({ audience: `${call}` })
    assert.equal((await failureOf(view.token())).attempts, 0)
  }
  assert.equal(requests(), 2)
  await clock.advance(30_000)
  assert.equal((await failureOf(client.token())).attempts, 2)
  assert.equal(requests(), 4)
})

test('takes the errors that servers use for a wrong secret alike [C11]', async () => {
  for (const refusal of ['invalid_client', 'unauthorized_client', 'something else']) {
    const { accept, renew, requests } = world({}, refusal)
    accept(current)
    await renew()
    assert.equal(requests(), 2, refusal)
  }
})

test('leaves the other credential alone when the credential is not the trouble [C7] [C11]', async () => {
  const answers = [
    tokenError('invalid_scope', 400),
    tokenError('server_error', 500),
    tokenError('slow_down', 429),
    () => jsonResponse('{}'),
    () => jsonResponse(some.tokenResponse({ scope: 'a' })),
  ]
  for (const answer of answers) {
    const { client, network } = world()
    network.respond(the.tokenEndpoint, answer)
    assert.equal((await failureOf(client.token())).attempts, 1)
  }
})

test('goes on with the other credential when one cannot be read [C11]', async () => {
  const { accept, renew, requests, events } = world({
    clientAuthentication: [
      clientSecretPost(() => Promise.reject(new Error('not there yet'))),
      clientSecretPost(current),
    ],
  })
  accept(current)
  await renew()
  assert.equal(requests(), 1)
  assert.deepEqual(fallbacks(events), ['1 to 2'])
})

test('tells of the refusal when one credential cannot be read and the other is refused [C7]', async () => {
  const { client } = world({
    clientAuthentication: [
      clientSecretPost(() => Promise.reject(new Error('not there yet'))),
      clientSecretPost(current),
    ],
  })
  const first = await failureOf(client.token())
  assert.deepEqual([first.code, first.attempts], ['client_refused', 1])
  const second = await failureOf(client.token())
  assert.deepEqual([second.code, second.attempts], ['credential_unavailable', 0])
})

test('takes bare secrets and mixed methods in a list [C11]', async () => {
  const bare = clientWorld({ clientSecret: [next, () => current] })
  bare.tokenEndpoint.fail(tokenError('invalid_client', 401))
  await bare.client.token()
  const sent = bare.network.requests.map(({ headers }) => headers.get('authorization'))
  assert.deepEqual(sent, [
    `Basic ${btoa(`${the.clientId}:${next}`)}`,
    `Basic ${btoa(`${the.clientId}:${current}`)}`,
  ])
  const mixed = clientWorld({
    clientAuthentication: [
      privateKeyJwt({ key: fixtureKeys.ES256 }),
      clientSecretBasic(current),
      clientSecretPost(current),
    ],
  })
  mixed.tokenEndpoint.fail(tokenError('invalid_client', 401), tokenError('invalid_client', 401))
  await mixed.client.token()
  assert.equal(mixed.tokenEndpoint.requestCount, 3)
})

test('sends a wrong secret once, however many keys begin with it at the same time [C7]', async () => {
  const { client, requests } = world({ clientAuthentication: clientSecretPost(next) })
  const views = Array.from({ length: 50 }, (_, key) => client.for({ audience: `${key}` }))
  const errors = await Promise.all(views.map((view) => failureOf(view.token())))
  assert.equal(requests(), 1)
  assert.deepEqual(new Set(errors.map(({ code }) => code)), new Set(['client_refused']))
})

test('sends two wrong secrets once each, however many keys begin with them [C7] [C11]', async () => {
  const { client, requests } = world()
  const views = Array.from({ length: 50 }, (_, key) => client.for({ audience: `${key}` }))
  await Promise.all(views.map((view) => failureOf(view.token())))
  assert.equal(requests(), 2)
})

test('lets all keys ask at the same time once the secret is known to be right [C7]', async () => {
  const { client, tokenEndpoint } = clientWorld()
  tokenEndpoint.hold()
  const views = Array.from({ length: 50 }, (_, key) => client.for({ audience: `${key}` }))
  const tokens = Promise.all(views.map((view) => view.token()))
  await settled()
  assert.equal(tokenEndpoint.heldCount, 1)
  tokenEndpoint.release()
  await tokens
  tokenEndpoint.hold()
  client.forget()
  const again = Promise.all(views.map((view) => view.token()))
  await settled()
  assert.equal(tokenEndpoint.heldCount, 50)
  tokenEndpoint.release()
  await again
})

/** Long enough for hashes, which are made in a thread of their own. */
async function settled(): Promise<void> {
  await eventLoopTurns(500)
}
