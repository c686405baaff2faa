/** One contract for every way to mount the authorization server in somebody else's program. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { partnerCertificate } from '@mintmark/testkit'
import {
  type MountedWorld,
  mounted,
  type ReceivedAnswer,
  type SentRequest,
  tokenRequest,
} from './mounted-world.ts'
import { type Mount, mounts } from './mounts.ts'

type Row = (world: MountedWorld) => SentRequest

/** Another body, of another media type, at the token endpoint. */
function token(
  world: MountedWorld,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): SentRequest {
  return {
    ...{ method: 'POST', path: `${world.base}/oauth/token`, body },
    headers: { authorization: world.basic.partner, ...headers },
  }
}

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const ask = 'grant_type=client_credentials'
const post = (path: string, body: string): Row => {
  return (world) => ({ ...token(world, body, form), path: world.base + path })
}
const get = (path: string, method = 'GET'): Row => {
  return ({ base }) => ({ method, path: base + path })
}

/** Requests whose answers are those of the server itself, whatever is around it. */
const alike: Readonly<Record<string, Row>> = {
  'no credentials': (world) => tokenRequest(world),
  'a wrong secret': (world) => tokenRequest(world, `Basic ${btoa('partner:wrong')}`),
  'an unknown client': (world) => tokenRequest(world, `Basic ${btoa('nobody:wrong')}`),
  'an Authorization header of another kind': (world) => tokenRequest(world, 'Bearer x'),
  'credentials in two places': (world) => token(world, `${ask}&client_id=a&client_secret=b`, form),
  'another grant type': (world) => token(world, 'grant_type=magic', form),
  'no grant type': (world) => token(world, 'scope=read', form),
  'a scope that was not granted': (world) => token(world, `${ask}&scope=write`, form),
  'a parameter that comes twice': (world) => token(world, `${ask}&${ask}`, form),
  'an unknown resource': (world) => token(world, `${ask}&resource=https://b.example`, form),
  'another media type': (world) => token(world, ask, { 'content-type': 'text/plain' }),
  'no media type': (world) => token(world, ask, {}),
  'a GET of the token endpoint': get('/oauth/token'),
  'a PUT of the token endpoint': get('/oauth/token', 'PUT'),
  'a query that plays no part': (world) => ({
    ...tokenRequest(world),
    path: `${world.base}/oauth/token?a=1`,
  }),
  'introspection of what is no token': post('/oauth/introspect', 'token=abc'),
  'introspection without a token': post('/oauth/introspect', ''),
  'revocation of what is no token': post('/oauth/revoke', 'token=abc'),
  'the JWK Set': get('/oauth/jwks'),
  'the head of the JWK Set': get('/oauth/jwks', 'HEAD'),
  'a POST of the JWK Set': get('/oauth/jwks', 'POST'),
  'the metadata': ({ base }) => ({
    method: 'GET',
    path: `/.well-known/oauth-authorization-server${base}`,
  }),
  'a POST of the metadata': ({ base }) => ({
    method: 'POST',
    path: `/.well-known/oauth-authorization-server${base}`,
  }),
}

/** The same, where the server sees the body before anybody else. */
const alikeByOctets: Readonly<Record<string, Row>> = {
  'JSON that is none': (world) => token(world, '{"grant_type":', json),
  'a JSON member that comes twice': (world) =>
    token(world, '{"grant_type":"client_credentials","grant_type":"client_credentials"}', json),
  'a JSON array': (world) => token(world, '[]', json),
  'a broken percent triplet': (world) => token(world, `${ask}&scope=%zz`, form),
  'octets that are not UTF-8': (world) => token(world, Uint8Array.of(0x61, 0x3d, 0xff), form),
  'a body of 100 KB': (world) => token(world, `${ask}&scope=${'a'.repeat(100_000)}`, form),
  'a compressed body': (world) => token(world, ask, { ...form, 'content-encoding': 'gzip' }),
}

/** What a client can tell apart, without what differs from answer to answer. */
function distinguishing({ status, headers, body }: ReceivedAnswer): object {
  const { date, connection, 'keep-alive': keepAlive, ...others } = headers
  return { status, headers: others, body: body.replace(/urn:mintmark:refusal:[\w-]+/, 'urn') }
}

for (const mount of mounts) {
  describe(`mounted: ${mount.name}`, () => {
    itAnswersAlike(mount)
    itIssuesTokens(mount)
    itKnowsItsPlace(mount)
    itKnowsItsClients(mount)
  })
}

function itAnswersAlike(mount: Mount): void {
  for (const [name, row] of Object.entries(alike)) {
    it(`answers ${name} as the server does by itself [A14]`, async (t) => {
      await assertAlike(await mounted(t, mount), row)
    })
  }

  for (const [name, row] of Object.entries(mount.seesOctets ? alikeByOctets : {})) {
    it(`answers ${name} as the server does by itself [A14]`, async (t) => {
      await assertAlike(await mounted(t, mount), row)
    })
  }
}

function itIssuesTokens(mount: Mount): void {
  it('issues tokens for forms and for JSON, which introspection knows [A14]', async (t) => {
    const world = await mounted(t, mount)
    for (const request of [
      tokenRequest(world, world.basic.partner),
      token(world, '{"grant_type":"client_credentials","scope":"read"}', json),
    ]) {
      const { status, headers, body } = await world.send(request)
      assert.equal(status, 200, body)
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['content-length'], String(body.length))
      const { access_token, scope } = JSON.parse(body)
      assert.equal(scope, 'read')
      const asked = token(world, `token=${access_token}`, form)
      const about = await world.send({ ...asked, path: `${world.base}/oauth/introspect` })
      assert.equal(JSON.parse(about.body).active, true)
    }
  })
}

function itKnowsItsPlace(mount: Mount): void {
  it('leaves every other path to the program around it [A14]', async (t) => {
    const world = await mounted(t, mount)
    const { status, body } = await world.send({ method: 'GET', path: '/mine' })
    assert.deepEqual([status, body], [200, 'mine'])
    for (const path of [
      '/',
      '/oauth/token',
      `${world.base}/oauth/tokens`,
      '/.well-known/oauth-authorization-server',
      `${world.base}/.well-known/oauth-authorization-server`,
    ]) {
      assert.equal((await world.send({ method: 'GET', path })).status, 404, path)
    }
  })

  it('names its issuer in the metadata at the path that RFC 8414 says [A14]', async (t) => {
    const world = await mounted(t, mount)
    const path = `/.well-known/oauth-authorization-server${world.base}`
    const metadata = JSON.parse((await world.send({ method: 'GET', path })).body)
    assert.equal(metadata.issuer, world.server.issuer)
    assert.equal(metadata.token_endpoint, `${world.server.issuer}/oauth/token`)
  })
}

function itKnowsItsClients(mount: Mount): void {
  it('knows the address of the client [A14]', async (t) => {
    const world = await mounted(t, mount)
    const ask = async (who: 'local' | 'elsewhere'): Promise<number | undefined> =>
      (await world.send(tokenRequest(world, world.basic[who]))).status
    assert.equal(await ask('local'), 200)
    assert.notEqual(await ask('elsewhere'), 200)
  })

  it('goes on after a client that hangs up in the middle of its request [A14]', async (t) => {
    const world = await mounted(t, mount)
    const socket = connect(Number(new URL(world.server.issuer).port), '127.0.0.1')
    const head = `POST ${world.base}/oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n`
    socket.write(`${head}Content-Type: application/json\r\n\r\n{"a":`)
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.destroy()
    const { status } = await world.send(tokenRequest(world, world.basic.partner))
    assert.equal(status, 200)
  })

  it('knows the certificate of the client, or says that it has seen none [A14]', async (t) => {
    const world = await mounted(t, mount, 'https')
    const body = `${ask}&client_id=certified`
    const request = { ...token(world, body, form), headers: form }
    const none = await world.send(request)
    assert.equal(none.status, 401)
    const shown = await world.send({ ...request, certificate: partnerCertificate })
    assert.equal(shown.status, mount.seesCertificates ? 200 : 401, shown.body)
  })
}

async function assertAlike(world: MountedWorld, row: Row): Promise<void> {
  const request = row(world)
  const [inside, alone] = [await world.send(request), await world.sendDirectly(request)]
  assert.deepEqual(distinguishing(inside), distinguishing(alone))
}
