/** RFC 8414, authorization server metadata, over real HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it, test } from 'node:test'
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  createTokenClient,
  privateKeyJwt,
} from '@mintmark/client'
import { publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { systemTransport } from '@mintmark/runtime'
import { fixtureKeys } from '@mintmark/testkit'
import { api, members, type Served, served } from './served.ts'

const WELL_KNOWN = '/.well-known/oauth-authorization-server'

let world: Served

describe('RFC 8414', () => {
  before(async () => {
    world = await served()
  })

  after(() => world.close())

  it('2: names the issuer as configured and every endpoint by an absolute URL of it [A5]', async () => {
    const metadata = await members(await world.request(WELL_KNOWN))
    assert.equal(metadata.issuer, world.issuer)
    assert.equal(metadata.token_endpoint, `${world.issuer}/oauth/token`)
    assert.equal(metadata.jwks_uri, `${world.issuer}/oauth/jwks`)
    assert.equal(metadata.introspection_endpoint, `${world.issuer}/oauth/introspect`)
    assert.equal(metadata.revocation_endpoint, `${world.issuer}/oauth/revoke`)
    const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
    assert.deepEqual(metadata.grant_types_supported, ['client_credentials', exchange])
    assert.deepEqual(metadata.response_types_supported, [])
  })

  it('2: has no member without a value, but those that must be there [A5]', async () => {
    const metadata = await members(await world.request(WELL_KNOWN))
    for (const [name, value] of Object.entries(metadata)) {
      const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
      assert.equal(isEmpty, name === 'response_types_supported', name)
    }
  })

  it('2: lists no authentication method that does not work, and every one that does [A5] [A6]', async () => {
    const { registry } = world.server.server
    const jwks = serialiseJwkSet([publicJwkOf(fixtureKeys.ES256)])
    const proofs: Readonly<Record<string, (secret: string) => ClientAuthentication>> = {
      client_secret_basic: (secret) => clientSecretBasic(() => secret),
      client_secret_post: (secret) => clientSecretPost(() => secret),
      client_secret_jwt: (secret) => clientSecretJwt(() => secret),
      private_key_jwt: () => privateKeyJwt({ key: fixtureKeys.ES256 }),
    }
    const metadata = await members(await world.request(WELL_KNOWN))
    assert.deepEqual(metadata.token_endpoint_auth_methods_supported, Object.keys(proofs))
    for (const [method, proof] of Object.entries(proofs)) {
      const created = await registry.createClient({
        ...{ id: method, scope: 'read', resources: [api], authenticationMethods: [method] },
        ...(method === 'private_key_jwt' && { settings: { keys: { kind: 'jwks', jwks } } }),
      })
      assert(created.ok)
      const secret = created.value.clientSecret?.reveal() ?? ''
      const { issuer, clock } = world
      const client = createTokenClient({
        ...{ issuer, clientId: method, clientAuthentication: proof(secret), clock },
      })
      assert.equal((await client.token()).tokenType, 'Bearer', method)
      await client.dispose()
    }
  })

  it('2: publishes the key that signs, with its use and algorithm [A8]', async () => {
    const { keys } = (await members(await world.request('/oauth/jwks'))) as {
      keys: readonly Record<string, unknown>[]
    }
    for (const key of keys) {
      assert.equal(key.use, 'sig')
      assert.equal(typeof key.kid, 'string')
      assert.equal(typeof key.alg, 'string')
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert(!(secret in key), secret)
    }
    assert.deepEqual(new Set(keys.map(({ alg }) => alg)), new Set(['ES256', 'RS256']))
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
  })

  it('3.1: answers GET, and HEAD with the same headers and no body [A5]', async () => {
    for (const path of [WELL_KNOWN, '/oauth/jwks']) {
      const get = await world.request(path)
      const head = await world.request(path, { method: 'HEAD' })
      const names = ['content-type', 'content-length', 'cache-control']
      const own = ({ headers }: Response) => names.map((name) => headers.get(name))
      assert.deepEqual([head.status, own(head)], [200, own(get)])
      const length = Number(get.headers.get('content-length'))
      assert.deepEqual([(await get.text()).length, await head.text()], [length, ''])
    }
  })

  it('3.2: answers 200 with application/json [A5]', async () => {
    const response = await world.request(WELL_KNOWN)
    await response.body?.cancel()
    assert.deepEqual(
      [response.status, response.headers.get('content-type')],
      [200, 'application/json'],
    )
  })

  for (const path of [
    `${WELL_KNOWN}/`,
    `${WELL_KNOWN}/other`,
    `/other${WELL_KNOWN}`,
    '/.well-known/openid-configuration',
  ]) {
    it(`3.2: answers ${path}, which is nobody's metadata, with 404 [A5]`, async () => {
      const response = await world.request(path)
      await response.body?.cancel()
      assert.equal(response.status, 404)
    })
  }
})

test('RFC 8414 3.1: the well-known part goes before the path of an issuer that has one [A5]', async (t) => {
  const shaped = await served({ path: '/tenant/1' })
  t.after(() => shaped.close())
  const { origin } = new URL(shaped.issuer)
  const metadata = await members(await systemTransport(`${origin}${WELL_KNOWN}/tenant/1`))
  assert.equal(metadata.issuer, `${origin}/tenant/1`)
  assert.equal(metadata.token_endpoint, `${origin}/tenant/1/oauth/token`)
  for (const path of [WELL_KNOWN, `/tenant/1${WELL_KNOWN}`, `${WELL_KNOWN}/tenant/2`]) {
    const response = await systemTransport(origin + path)
    await response.body?.cancel()
    assert.equal(response.status, 404, path)
  }
})

test('RFC 8414 2: the endpoints that a dialect moves are where its metadata says [A5]', async (t) => {
  for (const dialect of ['credicorp', 'myparcel', 'firsty'] as const) {
    const shaped = await served({ dialect })
    t.after(() => shaped.close())
    const metadata = await members(await shaped.request(WELL_KNOWN))
    for (const name of ['token', 'introspection', 'revocation']) {
      const response = await systemTransport(String(metadata[`${name}_endpoint`]), {
        method: 'POST',
        body: new URLSearchParams({ token: 'x' }),
      })
      assert.equal((await members(response)).error, 'invalid_client', `${dialect} ${name}`)
    }
    assert.equal((await systemTransport(String(metadata.jwks_uri))).status, 200)
  }
})
