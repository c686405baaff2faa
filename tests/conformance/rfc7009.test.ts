/** RFC 7009, token revocation, over real HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it, test } from 'node:test'
import { type Storage, StorageError, sqlite } from '@mintmark/authorization-server'
import { members, refusalOf, type Served, type ServedClient, served } from './served.ts'

const PATH = '/oauth/revoke'

let world: Served

describe('RFC 7009', () => {
  before(async () => {
    world = await served()
  })

  after(() => world.close())

  it('2: revokes a token, which is of no use to anybody at once [A5]', async () => {
    const token = await world.token(world.partner)
    assert.equal(await isActive(token), true)
    const response = await revoke({ token })
    assert.deepEqual([response.status, await response.text()], [200, ''])
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(await isActive(token), false)
  })

  it('2: leaves the other tokens of the client as they are [A5]', async () => {
    const [one, other] = [await world.token(world.partner), await world.token(world.partner)]
    await revoke({ token: one })
    assert.equal(await isActive(other), true)
  })

  it('2: takes POST alone, and the parameters from the body alone [A5]', async () => {
    const token = await world.token(world.partner)
    const query = new URLSearchParams({ token })
    const headers = { authorization: world.partner.basic }
    const get = await world.request(`${PATH}?${query}`, { headers })
    assert.equal(await refusalOf(get), '405 invalid_request')
    const empty = await world.post(`${PATH}?${query}`, {}, world.partner)
    assert.equal(await refusalOf(empty), '400 invalid_request')
    assert.equal(await isActive(token), true)
  })

  it('2.1: asks for the token, and nothing more [A5]', async () => {
    assert.equal(await refusalOf(await revoke({})), '400 invalid_request')
    assert.equal(await refusalOf(await revoke({ token: '' })), '400 invalid_request')
  })

  it('2.1: makes the client prove itself, however good the token [A5]', async () => {
    const token = await world.token(world.partner)
    const response = await world.post(PATH, { token })
    assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /)
    assert.equal(await refusalOf(response), '401 invalid_client')
    assert.equal(await isActive(token), true)
  })

  it('2.1: does not revoke the token of another client, and does not say whose it is [A5]', async () => {
    const token = await world.token(world.partner)
    const foreign = await revoke({ token }, world.stranger)
    const garbage = await revoke({ token: 'garbage' }, world.stranger)
    assert.deepEqual(await withoutDate(foreign), await withoutDate(garbage))
    assert.equal(await isActive(token), true)
  })

  for (const token_type_hint of ['refresh_token', 'access_token', 'urn:x:unknown']) {
    it(`2.1: finds a token behind the hint ${token_type_hint} [A5]`, async () => {
      const token = await world.token(world.partner)
      assert.equal((await revoke({ token, token_type_hint })).status, 200)
      assert.equal(await isActive(token), false)
    })
  }

  it('2.2: answers 200 for what is invalid, whatever makes it so [A5]', async () => {
    const token = await world.token(world.partner)
    const expired = await world.token(world.partner)
    await revoke({ token })
    await world.clock.advance(601_000)
    const forged = `${expired.slice(0, -8)}AAAAAAAA`
    for (const invalid of [token, expired, forged, 'garbage', 'a.b.c', '\u00e9\u0000']) {
      const response = await revoke({ token: invalid })
      assert.deepEqual([response.status, await response.text()], [200, ''])
    }
  })

  it('2.2: a second revocation is as good as the first [A5]', async () => {
    const token = await world.token(world.partner)
    assert.equal((await revoke({ token })).status, 200)
    assert.equal((await revoke({ token })).status, 200)
  })

  it('2.2.1: refuses requests as the token endpoint does [A5]', async () => {
    assert.equal(await refusalOf(await revoke('token=a&token=b')), '400 invalid_request')
    const response = await world.request(PATH, { method: 'POST', body: 'token=a' })
    assert.equal(await refusalOf(response), '415 invalid_request')
  })

  it('2.1: takes the credentials from the body, too [A5]', async () => {
    const token = await world.token(world.partner)
    const { id, secret } = world.partner
    const own = { client_id: id, client_secret: secret.reveal() }
    assert.equal((await world.post(PATH, { token, ...own })).status, 200)
    assert.equal(await isActive(token), false)
  })
})

test('RFC 7009 2.2.1: a revocation that cannot be stored is 503 with Retry-After, and not claimed [A5]', async (t) => {
  const trouble = { isOn: false }
  const shaped = await served({ storage: troubledStorage(trouble) })
  t.after(() => shaped.close())
  const token = await shaped.token(shaped.partner)
  trouble.isOn = true
  const response = await shaped.post(PATH, { token }, shaped.partner)
  assert.match(response.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
  assert.equal(await refusalOf(response), '503 temporarily_unavailable')
  const answer = await shaped.post('/oauth/introspect', { token }, shaped.partner)
  assert.equal((await members(answer)).active, true)
  trouble.isOn = false
  assert.equal((await shaped.post(PATH, { token }, shaped.partner)).status, 200)
})

/** A database in which nothing can be changed while there is trouble. */
function troubledStorage(trouble: { readonly isOn: boolean }): Storage {
  const inner = sqlite(':memory:')
  const open = async () => {
    const session = await inner.open()
    const apply: typeof session.apply = async (changes, origin) => {
      if (trouble.isOn) throw new StorageError('storage_unavailable', 'memory', 'there is trouble')
      return await session.apply(changes, origin)
    }
    return new Proxy(session, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (name === 'apply') return apply
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
  return { open, masterKey: () => inner.masterKey() }
}

function revoke(form: Record<string, string> | string, client: ServedClient = world.partner) {
  return world.post(PATH, form, client)
}

async function isActive(token: string): Promise<unknown> {
  const response = await world.post('/oauth/introspect', { token }, world.partner)
  return (await members(response)).active
}

async function withoutDate(response: Response): Promise<unknown> {
  const headers = [...response.headers].filter(([name]) => name !== 'date')
  return [response.status, headers, await response.text()]
}
