/** Requests of any kind, over raw connections, to the guard in both of its places: it answers, and goes on. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  exchangeRaw,
  field,
  guardProcess,
  issuingServer,
  type ReachingRequest,
  recordingApi,
} from './forward-auth-world.ts'

const names = [
  ...['Authorization', 'authorization', 'DPoP', 'Connection', 'Host', 'Content-Length', 'Expect'],
  ...[
    'Transfer-Encoding',
    'Mintmark-Client',
    'Mintmark_Client',
    'X-Forwarded-For',
    'Upgrade',
    'TE',
  ],
  ...['X-Forwarded-Uri', 'X-Original-URI', 'Cookie', 'X-\u00e9', 'Bad Name', '', 'Trailer'],
]
const values = [
  ...[
    '',
    'a',
    'close',
    'chunked',
    '0',
    '5',
    '-1',
    '99999999999999999999',
    '100-continue',
    'Bearer',
  ],
  ...['Bearer a.b.c', 'DPoP a.b.c', 'keep-alive, Mintmark-Client', '\u00ff\u0080', '\t', 'a,b'],
  ...['127.0.0.1, unknown', '/\u00e9?access_token=x', 'websocket', 'x'.repeat(9_000), 'a\nb: c'],
]
const targets = [
  ...['/', '/check', '/check?scope=a', '/check/scope=a/b', '/check?scope=%ff', '*', 'a', '//a', ''],
  ...[
    'http://a/b',
    'http://',
    '/%',
    '/\u00e9',
    '/?access_token=a',
    '/a#b',
    `/${'a'.repeat(9_000)}`,
  ],
]
const methods = ['GET', 'POST', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PURGE', 'get', 'G T', '']
const bodies = ['', 'abcde', '5\r\nabcde\r\n0\r\n\r\n', 'zz\r\n', 'GET /a HTTP/1.1\r\n\r\n']

const hostileRequest = fc
  .tuple(
    ...([fc.constantFrom(...methods), fc.constantFrom(...targets)] as const),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.1 x', ''),
    fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)), { maxLength: 5 }),
    fc.constantFrom(...bodies),
  )
  .map(([method, target, version, fields, body]) =>
    [
      `${method} ${target} ${version}`,
      ...['Host: api.example', 'Connection: close'],
      ...fields.map(([name, value]) => `${name}: ${value}`),
      ...['', body],
    ].join('\r\n'),
  )

/** One that gets through once it has a good token: at random, all others may be refused. */
const PLAIN_REQUEST = 'GET /orders HTTP/1.1\r\nHost: api.example\r\nConnection: close'

/** What a request with a good token has, and no other may have. */
function isIdentified(request: ReachingRequest): boolean {
  return field(request, 'mintmark-client') === 'partner-a'
}

for (const place of ['as a proxy', 'for another proxy'] as const) {
  describe(`the guard ${place}, sent anything`, () => {
    it('lets nothing through, does not end, and serves the next request [R8]', async (t) => {
      const server = await issuingServer(t)
      const api = await recordingApi(t)
      const upstream = ['--upstream', `http://127.0.0.1:${api.port}`]
      const guard = await guardProcess(
        t,
        server.issuer,
        ...(place === 'as a proxy' ? upstream : []),
      )
      const port = Number(new URL(guard.origin).port)
      await fc.assert(
        fc.asyncProperty(hostileRequest, async (text) => {
          const answers = await exchangeRaw(port, `${text}\r\n\r\nx`)
          for (const { status } of answers) assert(status === 100 || status >= 400, String(status))
        }),
        { numRuns: 200 },
      )
      assert.equal(api.requests.length, 0)
      const headers = { authorization: `Bearer ${await server.token('decisions:read')}` }
      const { status } = await fetch(`${guard.origin}/check`, { headers })
      assert.equal(status, 200)
      assert.equal(api.requests.length, place === 'as a proxy' ? 1 : 0)
      assert(api.requests.every(isIdentified))
      const { notices } = await guard.stop()
      assert.doesNotMatch(notices, /answer_failed|a\.b\.c/)
    })
  })
}

describe('the guard as a proxy, sent anything with a good token', () => {
  it('passes on who it is, and nothing else that says so [R8]', async (t) => {
    const server = await issuingServer(t)
    const api = await recordingApi(t)
    const guard = await guardProcess(t, server.issuer, '--upstream', `http://127.0.0.1:${api.port}`)
    const port = Number(new URL(guard.origin).port)
    const good = `Authorization: Bearer ${await server.token('decisions:read')}`
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (text) => {
        const from = api.requests.length
        await exchangeRaw(
          port,
          `${text.replace('Host: api.example', `Host: a\r\n${good}`)}\r\n\r\n`,
        )
        for (const { fields } of api.requests.slice(from)) {
          const told = fields.filter(([name]) => /^mintmark/.test(name.replaceAll(/[^a-z]/g, '')))
          assert.equal(told.length, 5)
          assert.equal(field({ fields }, 'mintmark-client'), 'partner-a')
          assert.equal(field({ fields }, 'authorization'), undefined)
        }
      }),
      { numRuns: 200, examples: [[PLAIN_REQUEST]] },
    )
    assert(api.requests.length > 0)
    const { notices } = await guard.stop()
    assert.doesNotMatch(notices, /answer_failed/)
  })
})
