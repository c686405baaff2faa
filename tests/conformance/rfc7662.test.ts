/** RFC 7662, token introspection, over real HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  api,
  members,
  readJwt,
  refusalOf,
  rsaApi,
  type Served,
  type ServedClient,
  served,
} from './served.ts'

const PATH = '/oauth/introspect'

let world: Served

describe('RFC 7662', () => {
  before(async () => {
    world = await served()
  })

  after(() => world.close())

  it('2.2: tells the resource server everything about an active token for it [A5]', async () => {
    const token = await world.token(world.partner, { scope: 'read' })
    const { claims } = readJwt(token)
    const body = await members(await introspect({ token }))
    assert.deepEqual(body, {
      active: true,
      scope: 'read',
      client_id: world.partner.id,
      token_type: 'Bearer',
      sub: world.partner.id,
      aud: api,
      iss: world.issuer,
      jti: claims.jti,
      iat: claims.iat,
      exp: claims.exp,
    })
    assert(Number.isInteger(body.exp) && Number(body.exp) === Number(body.iat) + 600)
  })

  it('2.2: answers JSON that nobody may store, active or not [A5]', async () => {
    for (const token of [await world.token(world.partner), 'garbage']) {
      const { headers, body } = await introspect({ token })
      await body?.cancel()
      const names = ['content-type', 'cache-control']
      assert.deepEqual(
        names.map((name) => headers.get(name)),
        ['application/json', 'no-store'],
      )
    }
  })

  it('2.2: says of every token that is not active that, and nothing else [A5]', async () => {
    const token = await world.token(world.partner)
    const expired = await world.token(world.partner)
    await world.clock.advance(601_000)
    const revoked = await world.token(world.partner)
    await world.post('/oauth/revoke', { token: revoked }, world.partner)
    const good = await world.token(world.partner)
    const [header, payload, signature] = good.split('.')
    const unsigned = `${btoa('{"alg":"none","typ":"at+jwt"}').replaceAll('=', '')}.${payload}.`
    const inactive = [
      ...[token, expired, revoked, unsigned, `${header}.${payload}.`, `${header}.${payload}`],
      ...[`${good}x`, good.toUpperCase(), `${header}.${payload}.${signature?.slice(0, -4)}AAAA`],
      ...['garbage', '..', ' ', 'Bearer', '\u0000', 'x'.repeat(10_000)],
    ]
    for (const one of inactive) {
      const response = await introspect({ token: one }, world.partner)
      assert.deepEqual([response.status, await response.text()], [200, '{"active":false}'])
    }
  })

  it('2.2: says no more of a token for another resource server than of garbage [A5]', async () => {
    const token = await world.token(world.stranger)
    assert.equal(await (await introspect({ token })).text(), '{"active":false}')
    const own = await introspect({ token }, world.stranger)
    assert.equal((await members(own)).aud, rsaApi)
  })

  it('2.1: takes POST alone, so that no token is in an address [A5]', async () => {
    const token = await world.token(world.partner)
    const headers = { authorization: world.apiServer.basic }
    const response = await world.request(`${PATH}?token=${token}`, { headers })
    assert.equal(await refusalOf(response), '405 invalid_request')
    const empty = await world.post(`${PATH}?token=${token}`, {}, world.apiServer)
    assert.equal(await refusalOf(empty), '400 invalid_request')
  })

  it('2.1: asks for the token [A5]', async () => {
    assert.equal(await refusalOf(await introspect({})), '400 invalid_request')
    assert.equal(await refusalOf(await introspect('token=a&token=a')), '400 invalid_request')
  })

  for (const token_type_hint of ['access_token', 'refresh_token', 'urn:x:unknown']) {
    it(`2.1: finds a token behind the hint ${token_type_hint} [A5]`, async () => {
      const token = await world.token(world.partner)
      assert.equal((await members(await introspect({ token, token_type_hint }))).active, true)
    })
  }

  it('2.1: answers nobody whom it does not know, and says how to prove oneself [A5]', async () => {
    const token = await world.token(world.partner)
    for (const authorization of [undefined, 'Digest a="b"', `Basic ${btoa('a:b')}`]) {
      const headers = authorization === undefined ? {} : { authorization }
      const response = await world.post(PATH, { token }, undefined, headers)
      assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /)
      assert.equal(await refusalOf(response), '401 invalid_client')
    }
  })

  it('2.1: takes an access token instead of a client only when it is for introspection [A5]', async () => {
    const token = await world.token(world.partner)
    for (const [bearer, status] of [
      ['garbage', 401],
      [token, 403],
    ] as const) {
      const headers = { authorization: `Bearer ${bearer}` }
      const response = await world.post(PATH, { token }, undefined, headers)
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer /)
      assert.equal(response.status, status)
      assert(!('active' in (await members(response))))
    }
  })

  it('4: an answer follows the state of the token, not an earlier answer [A5]', async () => {
    const token = await world.token(world.partner)
    assert.equal((await members(await introspect({ token }))).active, true)
    await world.clock.advance(599_000)
    assert.equal((await members(await introspect({ token }))).active, true)
    await world.clock.advance(1_000)
    assert.equal((await members(await introspect({ token }))).active, false)
  })
})

function introspect(form: Record<string, string> | string, client: ServedClient = world.apiServer) {
  return world.post(PATH, form, client)
}
