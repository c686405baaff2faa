/** Tokens bound to keys (RFC 9449) at an API behind our guard, over real ports, with our client and those of others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTokenClient, dpop } from '@mintmark/client'
import { createGuard, type GuardOptions } from '@mintmark/resource-server'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { type BoundApi, clientId, resource, scope, startBoundApi } from './bound-api.ts'

const insecure = { [oauth.allowInsecureRequests]: true }
const modes: readonly (readonly [string, Partial<GuardOptions>])[] = [
  ['without nonces', {}],
  ['with nonces', { dpopNonces: 'required' }],
]

function lastCode({ events }: BoundApi): string | undefined {
  const event = events.at(-1)
  return event?.type === 'request_refused' ? event.code : event?.type
}

/** A token of oauth4webapi, and how to call the API with it. */
async function boundCaller({ issuer, clientSecret }: BoundApi) {
  const url = new URL(issuer)
  const discovered = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure })
  const server = await oauth.processDiscoveryResponse(url, discovered)
  const client: oauth.Client = { client_id: clientId }
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const answer = await oauth.clientCredentialsGrantRequest(
    ...([server, client, oauth.ClientSecretBasic(clientSecret)] as const),
    new URLSearchParams({ scope }),
    { DPoP, ...insecure },
  )
  const { access_token } = await oauth.processClientCredentialsResponse(server, client, answer)
  const call = async (target: string): Promise<Response> => {
    const ask = () =>
      oauth.protectedResourceRequest(access_token, 'GET', new URL(target), undefined, null, {
        ...{ DPoP, ...insecure },
      })
    return ask().catch((error: unknown) => {
      assert.ok(oauth.isDPoPNonceError(error))
      return ask()
    })
  }
  return { server, call, access_token }
}

for (const [title, options] of modes) {
  test(`our client gets through our guard, ${title} [C13] [R5]`, async (context) => {
    const world = await startBoundApi(context, options)
    const { issuer, clientSecret, api } = world
    const client = createTokenClient({
      ...{ issuer, clientId, clientSecret, scope, allowedOrigins: [api] },
      senderBinding: dpop(),
    })
    context.after(() => client.dispose())
    for (const path of ['/orders?page=1', '/orders/7', '/']) {
      const response = await client.fetch(api + path, { method: 'POST', body: 'an order' })
      assert.deepEqual([response.status, await response.text()], [200, clientId])
    }
    const many = await Promise.all(Array.from({ length: 20 }, () => client.fetch(`${api}/many`)))
    assert.ok(many.every(({ status }) => status === 200))
  })

  test(`oauth4webapi gets through our guard, ${title} [R5]`, async (context) => {
    const world = await startBoundApi(context, options)
    const { call } = await boundCaller(world)
    const response = await call(`${world.api}/orders?page=2`)
    assert.deepEqual([response.status, await response.text()], [200, clientId])
  })

  test(`openid-client gets through our guard, ${title} [R5]`, async (context) => {
    const { issuer, clientSecret, api } = await startBoundApi(context, options)
    const configuration = await oidc.discovery(
      ...([new URL(issuer), clientId, undefined, oidc.ClientSecretPost(clientSecret)] as const),
      { algorithm: 'oauth2', execute: [oidc.allowInsecureRequests] },
    )
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('EdDSA'))
    const tokens = await oidc.clientCredentialsGrant(configuration, { scope }, { DPoP })
    const response = await oidc.fetchProtectedResource(
      ...([configuration, tokens.access_token, new URL(`${api}/orders`), 'GET'] as const),
      ...([null, undefined, { DPoP }] as const),
    )
    assert.deepEqual([response.status, await response.text()], [200, clientId])
  })
}

test('an opaque token that is bound to a key needs its proof at every request, too [R3] [R5]', async (context) => {
  const world = await startBoundApi(context, {}, 'opaque')
  const { call, access_token } = await boundCaller(world)
  for (let at = 0; at < 3; at += 1) assert.equal((await call(`${world.api}/orders`)).status, 200)
  const bearer = await fetch(world.api, { headers: { authorization: `Bearer ${access_token}` } })
  assert.deepEqual([bearer.status, lastCode(world)], [401, 'sender_constrained'])
  const bare = await fetch(world.api, { headers: { authorization: `DPoP ${access_token}` } })
  assert.deepEqual([bare.status, lastCode(world)], [401, 'proof_missing'])
})

test('a request that was overheard is of no use, whatever is done to it [R5]', async (context) => {
  const world = await startBoundApi(context)
  const { call } = await boundCaller(world)
  assert.equal((await call(`${world.api}/orders`)).status, 200)
  const { authorization = '', dpop: proof = '' } = world.received[0]?.headers ?? {}
  const token = authorization.slice('DPoP '.length)
  const headers = { authorization, dpop: String(proof) }
  const attempts: readonly (readonly [string, RequestInit & { path?: string }, string])[] = [
    ['again', { headers }, 'proof_replayed'],
    ['with another method', { headers, method: 'DELETE' }, 'proof_misdirected'],
    ['elsewhere', { headers, path: '/admin' }, 'proof_misdirected'],
    ['without its proof', { headers: { authorization } }, 'proof_missing'],
    ['as Bearer', { headers: { authorization: `Bearer ${token}` } }, 'sender_constrained'],
    [
      'as Bearer with its proof',
      { headers: { ...headers, authorization: `Bearer ${token}` } },
      'sender_constrained',
    ],
  ]
  for (const [title, { path = '/orders', ...init }, code] of attempts) {
    const response = await fetch(world.api + path, init)
    assert.equal(response.status, 401, title)
    assert.deepEqual(world.events.at(-1), { type: 'request_refused', code }, title)
    const told = `${response.headers.get('www-authenticate')} ${await response.text()}`
    assert.ok(!told.includes(token) && !told.includes(String(proof)))
  }
})

test('what our guard admits oauth4webapi admits, and the other way round but for replays [R5]', async (context) => {
  const world = await startBoundApi(context)
  const { server, call, access_token } = await boundCaller(world)
  await call(`${world.api}/orders`)
  await call(`${world.api}/other`)
  const [first, second] = world.received
  assert.ok(first !== undefined && second !== undefined)
  const guard = createGuard({
    ...{ issuer: world.issuer, audience: resource, publicOrigin: world.api },
  })
  context.after(() => guard.dispose())
  const proofs = [first, second].map(({ headers }) => String(headers.dpop))
  const tokens = [access_token, access_token.slice(0, -2), 'garbage']
  const spoiled = proofs.flatMap((proof) => [
    ...[proof, proof.slice(1), proof.slice(0, -2), `${proof}.`, proof.replace('.', '..'), ''],
    proof.split('.').toReversed().join('.'),
  ])
  let admitted = 0
  for (const token of tokens) {
    for (const scheme of ['DPoP', 'Bearer', 'dpop']) {
      for (const [method, path] of [
        ['GET', '/orders'],
        ['GET', '/other'],
        ['POST', '/orders'],
        ['GET', '/orders?page=2'],
      ] as const) {
        for (const dpopHeader of [...spoiled, undefined]) {
          const headers = {
            authorization: `${scheme} ${token}`,
            ...(dpopHeader !== undefined && { dpop: dpopHeader }),
          }
          const request = new Request(world.api + path, { method, headers })
          const verdict = await guard.check(request)
          const isAdmittedThere = await oauth
            .validateJwtAccessToken(server, request, resource, insecure)
            .then(
              () => true,
              () => false,
            )
          const isReplay = !verdict.admitted && verdict.code === 'proof_replayed'
          assert.equal(isAdmittedThere, verdict.admitted || isReplay, `${scheme} ${method} ${path}`)
          if (verdict.admitted) admitted += 1
        }
      }
    }
  }
  assert.equal(admitted, 2, 'each of the two proofs once')
})
