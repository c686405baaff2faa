/** Bodies and answers pass through a proxy as they are, and what the API answers is not taken for the guard's word. */
import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { it } from 'node:test'
import { exchangeRaw, field, rawRequest } from '../forward-auth-world.ts'
import { proxyWorld, type ShippedProxy } from './shipped-proxy.ts'

const octets = Array.from({ length: 256 }, (_, at) => String.fromCharCode(at)).join('')

/** In pieces of several sizes, with an extension and a trailer (RFC 9112 section 7.1). */
function chunked(body: string): string {
  const sizes = [1, 200, 4_000, body.length]
  let text = ''
  let at = 0
  for (const size of sizes) {
    const piece = body.slice(at, at + size)
    if (piece === '') break
    text += `${piece.length.toString(16)};a=b\r\n${piece}\r\n`
    at += piece.length
  }
  return `${text}0\r\nX-Trailer: a\r\nMintmark-Client: admin\r\n\r\n`
}

const bodies: readonly (readonly [title: string, fields: readonly string[], sent: string])[] = [
  ['one octet of each kind', ['Content-Length: 256'], octets],
  ['200,000 octets', ['Content-Length: 200000'], 'a'.repeat(200_000)],
  ['nothing', ['Content-Length: 0'], ''],
  ['chunks', ['Transfer-Encoding: chunked', 'Trailer: X-Trailer'], chunked(octets.repeat(40))],
  ['a body that waits to be wanted', ['Content-Length: 3', 'Expect: 100-continue'], 'abc'],
]

/** What an API says, and what the client must get of it. */
const answers: readonly (readonly [
  title: string,
  status: number,
  fields: Readonly<Record<string, string>>,
])[] = [
  ['its own 401', 401, { 'www-authenticate': 'Bearer realm="inner"' }],
  ['its own 403', 403, { 'x-why': 'inner' }],
  ['its own 400', 400, {}],
  ['its own 404', 404, {}],
  ['its own 429', 429, { 'retry-after': '77' }],
  ['its own 500', 500, {}],
  ['its own 503', 503, { 'retry-after': '78' }],
  ['its own redirection', 302, { location: '/public/b' }],
  ['its own field of ours', 200, { 'mintmark-status': '401', 'mintmark-body': 'no' }],
]

/** Declares the tests. */
export function messageTests(proxy: ShippedProxy): void {
  it('passes on bodies as they are, after the guard has admitted the request [R8]', async (t) => {
    const { api, proxy: running, bearer } = await proxyWorld(t, proxy)
    const good = await bearer('applications:write')
    for (const [title, fields, sent] of bodies) {
      api.requests.length = 0
      const head = rawRequest('POST /applications', good, ...fields)
      const got = (await exchangeRaw(running.port, head + sent)).at(-1)
      assert.equal(got?.status, 200, title)
      const [request] = api.requests
      assert(request !== undefined)
      assert.equal(request.method, 'POST', title)
      const whole = title === 'chunks' ? octets.repeat(40) : sent
      assert.equal(request.body === whole, true, `${title}: ${request.body.length} octets came`)
      assert.equal(field(request, 'mintmark-client'), 'partner-a', title)
    }
  })

  it('passes on no body of a request that is refused [R8]', async (t) => {
    const { api, proxy: running, bearer } = await proxyWorld(t, proxy)
    const lesser = await bearer('decisions:read')
    // A server need not read all of a body that it does not want, and the end of the connection then overtakes it.
    for (const [title, fields, sent] of bodies.filter(([, , text]) => text.length < 20_000)) {
      const outright = await exchangeRaw(
        running.port,
        rawRequest('POST /applications', ...fields) + sent,
      )
      assert.equal(outright.at(-1)?.status, 401, title)
      const head = rawRequest('POST /applications', lesser, ...fields)
      const refused = (await exchangeRaw(running.port, head + sent)).at(-1)
      assert.equal(refused?.status, 403, title)
    }
    assert.equal(api.requests.length, 0)
  })

  it('hands the answers of the API over as they are, refusals included [R8]', async (t) => {
    let say: (response: ServerResponse) => void = () => undefined
    const { api, ask, bearer } = await proxyWorld(t, proxy, { answer: (response) => say(response) })
    const good = await bearer('decisions:read')
    for (const [title, status, fields] of answers) {
      say = (response) => response.writeHead(status, fields).end(title)
      const answer = await ask('GET /decisions/1', good)
      assert.equal(answer.status, status, title)
      assert.equal(answer.body, title)
      for (const [name, value] of Object.entries(fields)) {
        assert.equal(field(answer, name), value, `${title}: ${name}`)
      }
    }
    assert.equal(api.requests.length, answers.length)
  })

  it('hands over answers without a body, and long ones [R8]', async (t) => {
    let say: (response: ServerResponse) => void = () => undefined
    const { ask, bearer } = await proxyWorld(t, proxy, { answer: (response) => say(response) })
    const good = await bearer('decisions:read')
    for (const status of [204, 304]) {
      say = (response) => response.writeHead(status, { etag: '"a"' }).end()
      const answer = await ask('GET /decisions/1', good)
      assert.deepEqual([answer.status, answer.body], [status, ''])
    }
    say = (response) => response.writeHead(200).end('a'.repeat(500_000))
    assert.equal((await ask('GET /decisions/1', good)).body.length, 500_000)
    assert.equal((await ask('HEAD /decisions/1', good)).body, '')
  })

  it('tells clients nothing that the guard says to the proxy alone [R8]', async (t) => {
    const { ask, bearer } = await proxyWorld(t, proxy)
    const fieldSets = [[await bearer('decisions:read')], [], ['Authorization: Bearer a.b.c']]
    for (const fields of fieldSets) {
      const answer = await ask('GET /decisions/1', ...fields)
      const own = answer.fields.filter(
        ([name, value]) => name.startsWith('mintmark') && value !== '',
      )
      assert.deepEqual(own, [], String(answer.status))
    }
  })

  it(`answers ${proxy.apiOutage} while the API is gone, which is no fault of the caller [R8]`, async (t) => {
    const gone = (response: ServerResponse) => response.socket?.destroy()
    const { ask, bearer } = await proxyWorld(t, proxy, { answer: gone })
    const answer = await ask('GET /decisions/1', await bearer('decisions:read'))
    assert.equal(answer.status, proxy.apiOutage)
    assert.equal(field(answer, 'www-authenticate'), undefined)
  })
}
