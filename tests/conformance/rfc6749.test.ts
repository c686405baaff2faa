/** RFC 6749, the OAuth 2.0 framework, as far as it speaks about client credentials, over real HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it, test } from 'node:test'
import { serialiseBasicCredentials } from '@mintmark/protocol'
import { findSecret } from '@mintmark/testkit'
import {
  api,
  broughtSecret,
  clientMaker,
  members,
  readJwt,
  refusalOf,
  rsaApi,
  type Served,
  served,
} from './served.ts'

const PATH = '/oauth/token'
const GRANT = { grant_type: 'client_credentials' }

let world: Served

describe('RFC 6749', () => {
  before(async () => {
    world = await served()
  })

  after(() => world.close())

  it('2.3.1: takes Basic credentials, id and secret form-encoded [A1]', async () => {
    const odd = await oddClient('svc:eu/west_1', 'p:ss%w+rd & more')
    const authorization = serialiseBasicCredentials(odd.id, odd.secret)
    assert.match(atob(authorization.slice(6)), /^svc%3Aeu%2Fwest_1:p%3Ass%25w%2Brd\+%26\+more$/)
    assert.equal(await tokenWith({ authorization }), odd.id)
  })

  it('2.3.1: takes Basic credentials of a client that skips the encoding, too [A1]', async () => {
    const odd = await oddClient('svc+eu', '100% more & p+ss')
    const authorization = serialiseBasicCredentials(odd.id, odd.secret, 'raw')
    assert.equal(await tokenWith({ authorization }), odd.id)
  })

  it('2.3.1: takes id and secret in the body [A1]', async () => {
    const { id, secret } = world.partner
    const response = await world.post(PATH, {
      ...GRANT,
      client_id: id,
      client_secret: secret.reveal(),
    })
    assert.equal(response.status, 200)
  })

  it('2.3.1: takes no credentials from the request target [A1]', async () => {
    const { id, secret } = world.partner
    const query = new URLSearchParams({ client_id: id, client_secret: secret.reveal() })
    assert.equal(await refusalOf(await world.post(`${PATH}?${query}`, GRANT)), '401 invalid_client')
  })

  it('2.3: takes one authentication method per request [A1]', async () => {
    const more = { client_secret: world.partner.secret.reveal() }
    const response = await world.post(PATH, { ...GRANT, ...more }, world.partner)
    assert.equal(await refusalOf(response), '400 invalid_request')
  })

  it('3.2: keeps a query of its own on the token endpoint out of the parameters [A1]', async () => {
    const response = await world.post(`${PATH}?tenant=1&scope=write`, GRANT, world.partner)
    assert.equal((await members(response)).scope, 'read write')
  })

  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
    it(`3.2: has no ${method} at the token endpoint [A1]`, async () => {
      const headers = { authorization: world.partner.basic }
      const query = new URLSearchParams(GRANT)
      const response = await world.request(`${PATH}?${query}`, { method, headers })
      await response.body?.cancel()
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'])
    })
  }

  it('3.2: treats a parameter without a value as one that was not sent [A1]', async () => {
    const response = await world.post(PATH, { ...GRANT, scope: '', resource: '' }, world.partner)
    assert.equal((await members(response)).scope, 'read write')
  })

  it('3.2: ignores parameters that it does not know [A1]', async () => {
    const response = await world.post(PATH, { ...GRANT, nonce: 'x', foo: 'y' }, world.partner)
    assert.equal(response.status, 200)
  })

  it('3.2: refuses a parameter that comes twice [A1]', async () => {
    const twice = 'grant_type=client_credentials&scope=read&scope=read'
    assert.equal(
      await refusalOf(await world.post(PATH, twice, world.partner)),
      '400 invalid_request',
    )
  })

  it('3.2.1: gives no token to a client that does not prove itself [A1]', async () => {
    const response = await world.post(PATH, { ...GRANT, client_id: world.partner.id })
    assert.equal(await refusalOf(response), '401 invalid_client')
  })

  for (const scope of ['read  write', ' read', 'read\t', 're"ad', 're\\ad', 'réad']) {
    it(`3.3: refuses ${JSON.stringify(scope)}, which is no list of scope tokens [A1]`, async () => {
      const response = await world.post(PATH, { ...GRANT, scope }, world.partner)
      assert.equal(await refusalOf(response), '400 invalid_scope')
    })
  }

  it('3.3: does not care for the order of scope tokens, nor for repetition [A3]', async () => {
    const response = await world.post(PATH, { ...GRANT, scope: 'write read write' }, world.partner)
    assert.equal((await members(response)).scope, 'read write')
  })

  it('3.3: tells upper case from lower case in scopes [A3]', async () => {
    const response = await world.post(PATH, { ...GRANT, scope: 'Read' }, world.partner)
    assert.equal(await refusalOf(response), '400 invalid_scope')
  })

  it('3.3: says the scope of every token, also when it is the one that was asked for [A1]', async () => {
    for (const scope of [undefined, 'read', '*']) {
      const response = await world.post(PATH, { ...GRANT, ...(scope && { scope }) }, world.partner)
      const { access_token, scope: told } = await members(response)
      assert.equal(told, scope === 'read' ? 'read' : 'read write')
      assert.equal(readJwt(String(access_token)).claims.scope, told)
    }
  })

  it('3.3: gives a client that names no scope the default of its registration [A3]', async () => {
    const { scope } = await members(await world.post(PATH, GRANT, world.partner))
    assert.equal(scope, 'read write')
  })

  it('3.3: refuses a scope beyond what the client may have, whole [A3]', async () => {
    const response = await world.post(PATH, { ...GRANT, scope: 'read rsa:read' }, world.partner)
    assert.equal(await refusalOf(response), '400 invalid_scope')
  })

  it('4.4.3: sends no refresh token, and exactly the members of section 5.1 [A1]', async () => {
    const body = await members(await world.post(PATH, GRANT, world.partner))
    assert.deepEqual(Object.keys(body).sort(), [
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ])
    assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 600])
  })

  it('5.1: sends tokens as JSON that nobody may store [A1]', async () => {
    const response = await world.post(PATH, GRANT, world.partner)
    await response.body?.cancel()
    assert.deepEqual(cachingOf(response), ['application/json', 'no-store', 'no-cache'])
  })

  it('5.2: sends refusals as JSON that nobody may store [A1]', async () => {
    for (const client of [undefined, world.partner]) {
      const response = await world.post(PATH, { grant_type: 'x' }, client)
      await response.body?.cancel()
      assert.deepEqual(cachingOf(response), ['application/json', 'no-store', 'no-cache'])
    }
  })

  it('5.2: answers failed Basic credentials with 401 and a Basic challenge [A1]', async () => {
    const authorization = `Basic ${btoa('nobody:nothing')}`
    const response = await world.post(PATH, GRANT, undefined, { authorization })
    assert.equal(response.headers.get('www-authenticate'), 'Basic realm="token endpoint"')
    assert.equal(await refusalOf(response), '401 invalid_client')
  })

  it('5.2: answers another scheme than Basic with 401 and the scheme that it takes [A1]', async () => {
    const response = await world.post(PATH, GRANT, undefined, { authorization: 'Digest a="b"' })
    assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /)
    assert.equal(await refusalOf(response), '401 invalid_client')
  })

  it('5.2: names every kind of refusal by its code [A1]', async () => {
    const ask = async (form: Record<string, string>, client = world.partner) =>
      refusalOf(await world.post(PATH, form, client))
    assert.equal(await ask({ scope: 'read' }), '400 invalid_request')
    assert.equal(await ask({ grant_type: 'password' }), '400 unsupported_grant_type')
    assert.equal(await ask({ grant_type: 'urn:x:unknown' }), '400 unsupported_grant_type')
    assert.equal(await ask({ ...GRANT, scope: 'admin' }), '400 invalid_scope')
    assert.equal(await ask(GRANT, world.apiServer), '400 unauthorized_client')
  })

  it('5.2: judges the client before the grant type, and the grant type before the scope [A6]', async () => {
    const bad = { grant_type: 'password', scope: 'admin' }
    assert.equal(await refusalOf(await world.post(PATH, bad)), '401 invalid_client')
    const response = await world.post(PATH, bad, world.partner)
    assert.equal(await refusalOf(response), '400 unsupported_grant_type')
  })

  it('5.2: keeps error and error_description within their alphabets, whatever is sent [A1]', async () => {
    const nasty = '"\\\u00e9\r\n<script>'
    const forms = ['grant_type', 'scope', 'resource', 'client_id', 'client_assertion'].map(
      (name) => ({ ...GRANT, [name]: nasty }),
    )
    for (const form of forms) {
      const response = await world.post(PATH, form, world.partner)
      for (const value of Object.values(await members(response))) {
        assert.match(String(value), /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
      }
    }
  })

  it('10.6 and 10.10: makes tokens that say nothing of secrets and cannot be guessed [A4]', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => world.token(world.partner)))
    const ids = tokens.map((token) => String(readJwt(token).claims.jti))
    assert.equal(new Set(ids).size, 20)
    for (const id of ids) assert(Buffer.from(id, 'base64url').length >= 16)
    for (const token of tokens) {
      const payload = atob(token.split('.')[1] ?? '')
      assert.equal(findSecret(payload, world.partner.secret.reveal()), undefined)
    }
  })

  it('10.3: gives one client nothing of another [A3]', async () => {
    const asked = { ...GRANT, resource: rsaApi }
    const response = await world.post(PATH, asked, world.partner)
    assert.equal(await refusalOf(response), '400 invalid_target')
    assert.equal(readJwt(await world.token(world.partner)).claims.aud, api)
  })
})

test('RFC 6749 5.1: only the dialect of MyParcel.com leaves the scope out [S4]', async (t) => {
  for (const dialect of ['default', 'credicorp', 'firsty', 'myparcel'] as const) {
    const shaped = await served({ dialect })
    t.after(() => shaped.close())
    const path = shaped.server.server.tokenEndpoint.slice(shaped.issuer.length)
    const body = await members(await shaped.post(path, GRANT, shaped.partner))
    assert.equal('scope' in body, dialect !== 'myparcel', dialect)
  }
})

function oddClient(id: string, secret: string) {
  const clientSecret = broughtSecret(secret)
  const draft = { id, scope: 'write', clientSecret }
  return clientMaker(world.server.server.registry)(draft)
}

/** The client that a token is for, got with those headers. */
async function tokenWith(headers: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await world.post(PATH, GRANT, undefined, headers)
  return readJwt(String((await members(response)).access_token)).claims.client_id
}

function cachingOf({ headers }: Response): readonly (string | null)[] {
  return ['content-type', 'cache-control', 'pragma'].map((name) => headers.get(name))
}
