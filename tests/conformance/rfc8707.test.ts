/** RFC 8707, resource indicators, over real HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { api, members, readJwt, refusalOf, rsaApi, type Served, served, twinApi } from './served.ts'

const PATH = '/oauth/token'
const GRANT = { grant_type: 'client_credentials' }

let world: Served

describe('RFC 8707', () => {
  before(async () => {
    world = await served()
  })

  after(() => world.close())

  const malformed = [
    'api',
    '/api',
    '//api.example',
    'https://api.example#',
    'https://api.example#a',
  ]
  for (const resource of [...malformed, 'https://api.example/ a', 'https://api.example/\u00e9']) {
    it(`2: refuses ${resource}, which is no absolute URI without fragment [A7]`, async () => {
      const response = await world.post(PATH, { ...GRANT, resource }, world.partner)
      assert.equal(await refusalOf(response), '400 invalid_target')
    })
  }

  it('2: refuses a resource that nobody has, or that the client may not use [A7]', async () => {
    for (const resource of ['https://nobody.example', rsaApi, `${api}/`, api.toUpperCase()]) {
      const response = await world.post(PATH, { ...GRANT, resource }, world.partner)
      assert.equal(await refusalOf(response), '400 invalid_target')
    }
  })

  it('2: takes several resources, and refuses those that cannot share a token [A7]', async () => {
    const both = `grant_type=client_credentials&scope=rsa:read&resource=${rsaApi}`
    const one = await world.post(PATH, `${both}&resource=${rsaApi}`, world.traveller)
    assert.equal(readJwt(String((await members(one)).access_token)).claims.aud, rsaApi)
    const two = await world.post(PATH, `${both}&resource=${api}`, world.traveller)
    assert.equal(await refusalOf(two), '400 invalid_target')
  })

  it('2: refuses the whole request when one of several resources is not allowed [A7]', async () => {
    const form = `grant_type=client_credentials&resource=${api}&resource=https://nobody.example`
    assert.equal(await refusalOf(await world.post(PATH, form, world.partner)), '400 invalid_target')
  })

  it('2.2: restricts the token to the resource that was asked for [A7]', async () => {
    const token = await world.token(world.traveller, { resource: twinApi })
    assert.deepEqual(readJwt(token).claims.aud, twinApi)
  })

  it('2.2: gives no scope of one resource to a token for another [A7]', async () => {
    const asked = { ...GRANT, resource: twinApi, scope: 'rsa:read' }
    const response = await world.post(PATH, asked, world.traveller)
    assert.equal(await refusalOf(response), '400 invalid_scope')
    const without = await world.post(PATH, { ...GRANT, resource: twinApi }, world.traveller)
    assert.equal((await members(without)).scope, 'read')
  })
})
