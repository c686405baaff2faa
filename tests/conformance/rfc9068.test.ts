/** RFC 9068, the JWT profile of access tokens, with the tokens of a real server. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { api, readJwt, rsaApi, type Served, served, twinApi } from './served.ts'

let world: Served

describe('RFC 9068', () => {
  before(async () => {
    world = await served()
  })

  after(() => world.close())

  it('2.1: signs every token, with a published key and the type at+jwt [A4]', async () => {
    const { header } = readJwt(await world.token(world.partner))
    assert.deepEqual([header.alg, header.typ], ['ES256', 'at+jwt'])
    assert.deepEqual(Object.keys(header).sort(), ['alg', 'kid', 'typ'])
  })

  it('2.1: signs with RS256 for a resource that wants it [A4]', async () => {
    const token = await world.token(world.traveller, { resource: rsaApi })
    assert.equal(readJwt(token).header.alg, 'RS256')
    await verified(token, rsaApi)
  })

  it('2.2: has every claim that is required, each of its type [A4]', async () => {
    const { claims } = readJwt(await world.token(world.partner))
    const { iss, sub, client_id, aud, jti, iat, exp, ...rest } = claims
    assert.deepEqual([iss, sub, client_id, aud], [world.issuer, 'partner', 'partner', api])
    assert.equal(typeof jti, 'string')
    assert.equal(Number(iat), Math.floor(world.clock.wallMs() / 1000))
    assert.equal(Number(exp), Number(iat) + 600)
    assert.deepEqual(rest, { scope: 'read write' })
  })

  it('2.2: has no claim that speaks of a person or holds a secret [A4]', async () => {
    const { claims } = readJwt(await world.token(world.traveller, { resource: api }))
    const known = ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub']
    assert.deepEqual(Object.keys(claims).sort(), known)
  })

  it('2.2.3: has the scope that was granted, whatever was asked for [A4]', async () => {
    const { claims } = readJwt(await world.token(world.partner, { scope: 'read' }))
    assert.equal(claims.scope, 'read')
  })

  it('3: has the resource that was asked for as its audience, and no other [A4]', async () => {
    for (const resource of [api, twinApi, rsaApi]) {
      const { claims } = readJwt(await world.token(world.traveller, { resource }))
      assert.equal(claims.aud, resource)
    }
  })

  it('3: has an audience also when no resource was asked for [A4]', async () => {
    assert.equal(readJwt(await world.token(world.partner)).claims.aud, api)
  })

  it('3: lets no scope mean something at two resources in one token [A3]', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read' }
    const response = await world.post('/oauth/token', form, world.traveller)
    assert.equal(response.status, 400)
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_target')
  })

  it('4: is accepted by a library that checks it as the profile says [A4]', async () => {
    const { payload } = await verified(await world.token(world.partner), api)
    assert.equal(payload.client_id, world.partner.id)
    await assert.rejects(verified(await world.token(world.partner), rsaApi), /aud/)
  })

  it('5: never uses the identifier of another client as its subject [A4]', async () => {
    for (const client of [world.partner, world.stranger]) {
      const { claims } = readJwt(await world.token(client))
      assert.deepEqual([claims.sub, claims.client_id], [client.id, client.id])
    }
  })
})

function verified(token: string, audience: string) {
  return jwtVerify(token, createRemoteJWKSet(new URL(`${world.issuer}/oauth/jwks`)), {
    issuer: world.issuer,
    audience,
    typ: 'at+jwt',
    currentDate: new Date(world.clock.wallMs()),
  })
}
