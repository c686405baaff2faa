import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { identityNames } from '../src/forward-auth/identity-headers.ts'
import type { Aftermath, Target } from '../src/proxy-check/attack.ts'
import { attacks } from '../src/proxy-check/attack-table.ts'
import { answersIn } from '../src/proxy-check/raw-exchange.ts'
import type { ReachedRequest } from '../src/proxy-check/recording-api.ts'
import { run } from './scripted-edge.ts'

const target: Target = {
  ...{ guarded: '/decisions/1', open: '/public/a', host: 'api.example', token: 'a.b.c' },
}
const reached = (at: string, ...fields: ReachedRequest['fields']): ReachedRequest => ({
  ...{ method: 'GET', target: at, fields },
})
const truth = identityNames.map((name): [string, string] => [name, 'true'])
const honest = reached('/decisions/1', ...truth)

/** What the attack `id` says of requests that reached the API. */
function faultOf(id: string, requests: readonly ReachedRequest[], status = 200) {
  const attack = attacks.find((each) => each.id === id)
  assert(attack !== undefined, id)
  const answers: Aftermath['answers'] = [{ status, fields: [['www-authenticate', 'x']], body: '' }]
  return attack.fault({ answers, reached: requests, honest, target })
}

describe('the attacks on a proxy', () => {
  it('have names of their own, and send whole requests', () => {
    assert.equal(new Set(attacks.map(({ id }) => id)).size, attacks.length)
    for (const attack of attacks) {
      const message = attack.message(target) ?? ''
      assert.match(message, /^[A-Z]+ \S+ HTTP\/1\.1\r\nHost: api\.example\r\n/)
      assert(message.includes('\r\n\r\n'))
    }
    const without = attacks.filter(
      ({ message }) => message({ ...target, open: undefined }) === undefined,
    )
    assert(without.length > 5 && without.every(({ id }) => /^(open|path)-/.test(id)))
  })

  it('are held against by a proxy that passes on the truth or nothing', () => {
    assert.equal(faultOf('spoof-plain', [honest]), undefined)
    assert.equal(faultOf('spoof-plain', [], 400), undefined)
    assert.equal(faultOf('no-token', [], 401), undefined)
    assert.equal(faultOf('open-plain', [reached('/public/a')]), undefined)
    assert.equal(faultOf('path-1', [reached('/public/b')]), undefined)
    assert.equal(faultOf('smuggling-folded', [], 400), undefined)
  })

  const faults = [
    ['honest', [reached('/decisions/1')]],
    ['honest', []],
    ['spoof-plain', [reached('/decisions/1', ['mintmark-client', 'spoofed'])]],
    ['spoof-twice', [reached('/decisions/1', ...truth, ['mintmark-client', 'spoofed'])]],
    ['spoof-underscores', [reached('/decisions/1', ...truth, ['mintmark_client', 'spoofed'])]],
    ['spoof-empty', [reached('/decisions/1')]],
    ['hidden-identity', [reached('/decisions/1')]],
    ['aliased-forwarding', [reached('/decisions/1', ...truth, ['x_forwarded_for', 'spoofed'])]],
    ['open-plain', [reached('/public/a', ['mintmark-client', 'spoofed'])]],
    ['open-dots', [reached('/public/a', ['mintmark.client', 'spoofed'])]],
    ['no-token', [reached('/decisions/1')]],
    ['no-token', []],
    ['path-3', [reached('/public/..%2fdecisions/1')]],
    ['path-6', [reached('/public\\..\\decisions/1')]],
    ['path-8', [reached('/public/..;/decisions/1')]],
    ['path-11', [reached('/public/x\\..\\..\\decisions/1')]],
    ['token-in-query', [honest]],
    ['forwarding', [reached('/decisions/1', ...truth, ['x-forwarded-uri', '/spoofed'])]],
    ['open-forwarding', [reached('/public/a', ['x-rewrite-url', '/spoofed'])]],
    ['about-client', [reached('/decisions/1', ...truth, ['client-cert', 'spoofed'])]],
    ['hidden-query', [honest]],
    ['good-then-bad', [honest]],
    ['no-token-options', [reached('/decisions/1')]],
    ['token-in-body', [reached('/decisions/1')]],
    ['upgrade-h2c', [reached('/decisions/1', ...truth, ['upgrade', 'h2c'])]],
    ['smuggling-folded', [honest, reached('/smuggled')]],
    ['pipelined', [honest, reached('/decisions/1?second')]],
  ] as const
  for (const [id, requests] of faults) {
    const what = requests.map((each) => each.fields.at(-1) ?? each.target).join()
    it(`see through ${id}: ${what}`, () => {
      assert.equal(typeof faultOf(id, requests), 'string')
    })
  }
})

describe('the reader of answers', () => {
  it('takes apart what came over one connection', () => {
    const answers = answersIn(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b: c\r\n\r\nok' +
        'HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nHTTP/1.0 500 x\r\n\r\n',
    )
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body]),
      [
        [100, ''],
        [200, 'ok'],
        [401, 'ab'],
        [500, ''],
      ],
    )
    assert.deepEqual(answers[1]?.fields.at(-1), ['a', 'b: c'])
  })

  it('comes to an end with anything', () => {
    const piece = fc.constantFrom(
      ...['HTTP/1.1 200 OK\r\n', 'Content-Length: 3\r\n', '\r\n', 'Transfer-Encoding: chunked\r\n'],
      ...['5\r\nab', '0\r\n\r\n', 'Content-Length: -1\r\n', 'ffffffff\r\n', 'x'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const { status } of answersIn(pieces.join(''))) assert.equal(status, 200)
      }),
      { numRuns: 200 },
    )
  })
})

describe('mintmark check-proxy', () => {
  it('wants a token, a place to attack, and one origin', async () => {
    const wrong = [
      [['-', '--url', 'http://127.0.0.1:1/a'], '', /no token/],
      [['-', '--port', '0'], 'a.b.c', /--url is missing/],
      [['-', '--url', 'http://api.example/a'], 'a.b.c', /--url must be https/],
      [
        ['-', '--url', 'https://a.example/a', '--open-url', 'https://b.example/'],
        ...(['a.b.c', /the same origin/] as const),
      ],
    ] as const
    for (const [argv, input, message] of wrong) {
      const { exitCode, notices } = await run(['check-proxy', ...argv], { input })
      assert.equal(exitCode, 2)
      assert.match(notices, message)
    }
  })

  it('says that nothing came through when the proxy is not there', async () => {
    const argv = ['check-proxy', '-', '--url', 'http://127.0.0.1:1/a', '--port', '0']
    const { exitCode, notices } = await run(argv, { input: 'a.b.c' })
    assert.equal(exitCode, 1)
    assert.match(notices, /did not come here from the proxy \(no answer\)/)
    assert.doesNotMatch(notices, /a\.b\.c/)
  })
})
