/** RFC 7523 with RFC 10070: clients that prove themselves by an assertion, over real HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it, test } from 'node:test'
import { createTokenClient, privateKeyJwt } from '@mintmark/client'
import { publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import { attackerKeys, fixtureKeys, startLoopbackServer } from '@mintmark/testkit'
import { importJWK, SignJWT } from 'jose'
import { api, members, readJwt, refusalOf, type Served, served } from './served.ts'

const clientId = 'asserting'
const key = fixtureKeys.ES256
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let world: Served
let made = 0

/** An assertion for the server, right but for `changes`; `undefined` leaves a claim out. */
async function assertion(
  changes: Readonly<Record<string, unknown>> = {},
  signer: typeof key = key,
): Promise<string> {
  const now = Math.floor(world.clock.wallMs() / 1000)
  made += 1
  const claims = {
    ...{ iss: clientId, sub: clientId, aud: world.issuer, jti: `a-${made}` },
    ...{ iat: now, exp: now + 60, ...changes },
  }
  return new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', kid: key.kid ?? '', typ: 'client-authentication+jwt' })
    .sign(await importJWK({ ...signer }, 'ES256'))
}

const present = (client_assertion: string, path = '/oauth/token', more = {}) =>
  world.post(path, {
    ...{ grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE },
    ...{ client_assertion, ...more },
  })

describe('RFC 7523', () => {
  before(async () => {
    world = await served()
    const jwks = serialiseJwkSet([publicJwkOf(key)])
    const created = await world.server.server.registry.createClient({
      ...{ id: clientId, scope: 'read', resources: [api] },
      authenticationMethods: ['private_key_jwt'],
      settings: { keys: { kind: 'jwks', jwks } },
    })
    assert(created.ok)
  })

  after(() => world.close())

  it('2.2: gives a token to a client whose assertion another library made [A6]', async () => {
    const { token_type, access_token } = await members(await present(await assertion()))
    assert.equal(token_type, 'Bearer')
    assert.equal(readJwt(String(access_token)).claims.sub, clientId)
  })

  it('2.2: knows the client by its assertion at introspection and revocation [A5] [A6]', async () => {
    const { access_token } = await members(await present(await assertion()))
    const token = { token: String(access_token) }
    const about = async (): Promise<unknown> =>
      (await members(await present(await assertion(), '/oauth/introspect', token))).active
    assert.equal(await about(), true)
    assert.equal((await present(await assertion(), '/oauth/revoke', token)).status, 200)
    assert.equal(await about(), false)
  })

  it('3: takes an assertion once [A6]', async () => {
    const once = await assertion()
    assert.equal((await present(once)).status, 200)
    assert.equal(await refusalOf(await present(once)), '401 invalid_client')
  })

  it('3: answers invalid_client to every assertion that is not right, and tells none from another [A6]', async () => {
    const wrong = {
      'another issuer': await assertion({ iss: 'partner' }),
      'another subject': await assertion({ sub: 'partner' }),
      'a client that nobody knows': await assertion({ iss: 'nobody', sub: 'nobody' }),
      'no audience': await assertion({ aud: undefined }),
      'no expiry': await assertion({ exp: undefined }),
      'an expiry in the past': await assertion({ exp: 1 }),
      'no jti': await assertion({ jti: undefined }),
      'the key of somebody else': await assertion({}, attackerKeys.ES256),
      garbage: 'not.a.jwt',
    }
    const answers = new Set<string>()
    for (const [what, text] of Object.entries(wrong)) {
      const response = await present(text)
      assert.equal(response.headers.get('cache-control'), 'no-store', what)
      const { error_uri, ...answer } = await members(response)
      answers.add(`${response.status} ${JSON.stringify(answer)}`)
    }
    assert.equal(answers.size, 1, [...answers].join('\n'))
    assert.match([...answers].join(), /^401 .*invalid_client/)
  })

  it('10070: takes the issuer identifier as the sole audience, and nothing else [A6]', async () => {
    for (const aud of [world.issuer, [world.issuer]]) {
      assert.equal((await present(await assertion({ aud }))).status, 200, JSON.stringify(aud))
    }
    for (const aud of [
      `${world.issuer}/oauth/token`,
      `${world.issuer}/`,
      [world.issuer, `${world.issuer}/oauth/token`],
      [world.issuer, 'https://other.example'],
      [],
    ]) {
      const answer = await refusalOf(await present(await assertion({ aud })))
      assert.equal(answer, '401 invalid_client', JSON.stringify(aud))
    }
  })
})

test('RFC 7523: three parties, and a client that signs instead of keeping a secret [A6] [C11] [S6]', async (t) => {
  world = await served()
  t.after(() => world.close())
  const { registry } = world.server.server
  const apiServer = await startLoopbackServer((request, response) => handle(request, response))
  t.after(() => apiServer.close())
  const audience = apiServer.origin
  await registry.createResource({ id: audience, scope: 'orders:read', lifetimeSeconds: 900 })
  const jwks = serialiseJwkSet([publicJwkOf(key)])
  await registry.createClient({
    ...{ id: clientId, scope: 'orders:read' },
    authenticationMethods: ['private_key_jwt'],
    settings: { keys: { kind: 'jwks', jwks } },
  })
  const { clock, issuer } = world
  const guard = createGuard({ issuer, audience, clock })
  const handle = protect({ guard, scope: 'orders:read' })(
    (_request, response, { clientId: who }) => {
      response.end(who)
    },
  )
  const client = createTokenClient({
    ...{ issuer, clientId, clientAuthentication: privateKeyJwt({ key }), clock },
    ...{ scope: 'orders:read', resource: audience },
  })
  t.after(() => client.dispose())
  const call = async (): Promise<string> => (await client.fetch(`${audience}/orders`)).text()
  assert.deepEqual([await call(), await call()], [clientId, clientId])
  const first = (await client.token()).fingerprint
  await clock.advance(890_000)
  assert.equal(await call(), clientId)
  assert.notEqual((await client.token()).fingerprint, first, 'a new token with a new assertion')
})
