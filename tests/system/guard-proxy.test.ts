/** `mintmark guard --upstream`: what it passes on, and what it does not, over raw connections. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { field, type RawAnswer, rawRequest } from './forward-auth-world.ts'
import { proxyWorld as world } from './guard-proxy-world.ts'

describe('the guard in front of an API', () => {
  it('passes on what is admitted, with who is calling, and answers the rest itself [R8]', async (t) => {
    const { api, good, ask } = await world(t, undefined, '--scope', 'decisions:read')
    const answer = await ask('POST /a?b=c', good, 'Content-Length: 3\r\n\r\nabc')
    assert.deepEqual([answer.status, answer.body], [200, 'reached'])
    const [request] = api.requests
    assert(request !== undefined)
    assert.deepEqual([request.method, request.target, request.body], ['POST', '/a?b=c', 'abc'])
    assert.equal(field(request, 'mintmark-client'), 'partner-a')
    assert.equal(field(request, 'authorization'), undefined)
    assert.equal(field(request, 'host'), `127.0.0.1:${api.port}`)
    assert.equal(field(request, 'x-forwarded-host'), 'api.example')
    const refused = await ask('GET /a')
    assert.equal(refused.status, 401)
    assert.equal(field(refused, 'www-authenticate'), 'Bearer realm="api"')
    assert.equal((await ask(`GET /a?access_token=x`, good)).status, 400)
    assert.equal(api.requests.length, 1)
  })

  it('strips what a client says about itself, in every spelling, and sets it anew', async (t) => {
    const { api, good, ask } = await world(t)
    const spoofed = [
      ...['Mintmark-Client: admin', 'mintmark-client: admin', 'Mintmark_Client: admin'],
      ...['MINTMARK-SCOPE: admin', 'Mintmark.Subject: admin', 'X_Forwarded_For: admin'],
      ...['X-Forwarded-Uri: /admin', 'X-Original-URI: /admin', 'Forwarded: for=admin'],
      ...['X-Real-IP: admin', 'Client-Cert: admin', 'Connection: Mintmark-Client, x-forwarded-for'],
    ]
    assert.equal((await ask('GET /a', good, ...spoofed)).status, 200)
    const { fields } = api.requests[0] ?? { fields: [] }
    assert.deepEqual(
      fields.filter(([, value]) => value.includes('admin')),
      [],
    )
    const own = fields.filter(([name]) => name.startsWith('mintmark'))
    assert.deepEqual(
      own.map(([name]) => name.slice('mintmark-'.length)),
      ['client', 'subject', 'scope', 'issuer', 'expires'],
    )
    assert.equal(field({ fields }, 'x-forwarded-for'), '127.0.0.1')
  })

  it('refuses requests that two servers could read differently', async (t) => {
    const { api, good, send } = await world(t)
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
    const head = (...fields: readonly string[]) =>
      ['POST /a HTTP/1.1', 'Host: api.example', good, ...fields, '', ''].join('\r\n')
    const attacks: Readonly<Record<string, string>> = {
      'length and chunks': `${head('Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      'chunks that are hidden': head('Content-Length: 0', 'Transfer_Encoding: chunked') + smuggled,
      'two lengths': `${head('Content-Length: 0', `Content-Length: ${smuggled.length}`)}${smuggled}`,
      'a list of lengths': `${head(`Content-Length: 0, ${smuggled.length}`)}${smuggled}`,
      'a signed length': `${head(`Content-Length: +${smuggled.length}`)}${smuggled}`,
      'another coding': `${head('Transfer-Encoding: gzip, chunked')}0\r\n\r\n${smuggled}`,
      'a coding that is none': `${head('Transfer-Encoding: xchunked')}0\r\n\r\n${smuggled}`,
      'two codings': `${head('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n`,
      'a space before the colon': `${head('Transfer-Encoding : chunked')}0\r\n\r\n${smuggled}`,
      'a folded field': head('X-A: b', ' Transfer-Encoding: chunked') + smuggled,
      'a bare line feed': head('Content-Length: 0\nX: y') + smuggled,
      'a chunk size that is none': `${head('Transfer-Encoding: chunked')}0x0\r\n\r\n${smuggled}`,
      'two hosts': `GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n${good}\r\n\r\n${smuggled}`,
      'no host': `GET /a HTTP/1.1\r\n${good}\r\n\r\n${smuggled}`,
    }
    for (const [name, text] of Object.entries(attacks)) {
      const answers = await send(text)
      const [first] = answers
      const isHarmless = name === 'chunks that are hidden'
      const status = first?.status ?? 400
      assert(isHarmless ? status === 200 : status >= 400 && status < 600, `${name}: ${status}`)
      // Whatever follows is a request of its own, with no token, or nothing at all.
      assert(
        answers.slice(1).every((answer) => answer.status >= 400),
        name,
      )
    }
    assert.deepEqual(
      api.requests.map(({ target }) => target),
      ['/a'],
    )
  })

  it('reads an absolute target as its path and host, and refuses other forms', async (t) => {
    const { api, good, ask } = await world(t)
    assert.equal((await ask('GET http://evil.example/a?b', good)).status, 200)
    const [request] = api.requests
    assert(request !== undefined)
    assert.equal(request.target, '/a?b')
    assert.equal(field(request, 'host'), `127.0.0.1:${api.port}`)
    assert.equal(field(request, 'x-forwarded-host'), 'evil.example')
    assert.equal((await ask('OPTIONS *', good)).status, 400)
    assert.equal((await ask('TRACE /a', good)).status, 501)
    assert.equal(
      (await ask('GET /a', good, 'Upgrade: websocket', 'Connection: upgrade')).status,
      501,
    )
    assert.equal(api.requests.length, 1)
  })

  it('gives each of several requests on one connection its own verdict, in their order', async (t) => {
    const { api, good, send } = await world(t)
    const one = (path: string, ...fields: readonly string[]) =>
      [`GET ${path} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n')
    const answers = await send(
      one('/1', good) + one('/2') + one('/3', good) + one('/4', 'Connection: close'),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 401, 200, 401],
    )
    assert.deepEqual(
      api.requests.map(({ target }) => target),
      ['/1', '/3'],
    )
  })

  it('says 100 Continue after it has admitted, and otherwise says no before the body', async (t) => {
    const { api, good, send } = await world(t)
    const head = (...fields: readonly string[]) =>
      rawRequest('POST /a', 'Content-Length: 3', 'Expect: 100-continue', ...fields)
    const [refused, ...more] = await send(head())
    assert.deepEqual([refused?.status, more.length], [401, 0])
    assert.deepEqual(
      (await send(`${head(good)}abc`)).map(({ status }) => status),
      [100, 200],
    )
    assert.equal(
      field(api.requests[0] as RawAnswer & (typeof api.requests)[0], 'expect'),
      undefined,
    )
    const [other] = await send(rawRequest('POST /a', good, 'Content-Length: 3', 'Expect: tea'))
    assert.equal(other?.status, 417)
    assert.equal(api.requests.length, 1)
  })
})
