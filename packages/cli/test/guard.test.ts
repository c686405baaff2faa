import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { jsonResponse } from '@mintmark/testkit'
import { runProgram } from '../src/program.ts'
import { run, scriptedEdge } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

const needed = ['--issuer', 'https://auth.example', '--audience', 'https://api.example']

const redis = 'redis://:canary-4711@127.0.0.1:1'
const rate = ['--limit-client', '60/60']
const key = ['--shared-key-file', '/no/such']
const proofsLocal = ['--when-proof-store-unavailable', 'local']
const asking = ['--introspect', 'opaque', '--client-id', 'api']
const behind = ['--trusted-proxy', '10.0.0.1']

/** Starts `mintmark guard` on free ports; its keys cannot be had. */
async function guarding(test: TestContext, flags: readonly string[] = []) {
  const world = scriptedEdge({ transport: async () => jsonResponse({}, { status: 503 }) })
  const argv = ['guard', '--port', '0', '--admin-port', '0', ...needed, ...flags]
  const ended = runProgram(argv, world.edge)
  const ready = await world.noticed(/^mintmark: ready, guard (\S+), health (\S+)\/health\/ready\n/m)
  const [, check = '', admin = ''] = ready
  test.after(() => world.signal())
  return { ...world, ended, check, admin }
}

describe('mintmark guard', () => {
  it('serves without keys, says so, and stops when asked [R2] [R8]', async (t) => {
    const { ended, signal, check, admin, notices, stopListeners } = await guarding(t)
    assert.match(notices(), /\nmintmark: tokens cannot be judged yet; until then, 503\n/)
    const answer = await systemTransport(check)
    assert.equal(answer.status, 401)
    assert.equal(answer.headers.get('mintmark-client'), '')
    assert.equal((await systemTransport(`${admin}/health/live`)).status, 200)
    const ready = await systemTransport(`${admin}/health/ready`)
    assert.deepEqual(
      [ready.status, await ready.json()],
      [503, { ready: false, serving: true, keys: 'failing', keys_age_seconds: null }],
    )
    signal()
    assert.equal(await ended, 0)
    assert.equal(stopListeners(), 0)
    await assert.rejects(systemTransport(check))
    await assert.rejects(systemTransport(`${admin}/health/live`))
  })

  it('stops at once while its issuer has not answered yet, and never says that it is ready [R8]', async () => {
    let isAsked = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    const world = scriptedEdge({
      transport: () => {
        isAsked()
        return new Promise<Response>(() => undefined)
      },
    })
    const ended = runProgram(['guard', '--port', '0', '--json', ...needed], world.edge)
    await asked
    world.signal()
    assert.equal(await ended, 0)
    assert.doesNotMatch(world.notices(), /ready/)
  })

  it('counts what it answers, by code', async (t) => {
    const { check, admin, signal, ended } = await guarding(t)
    await systemTransport(check)
    await systemTransport(check, { headers: { 'mintmark-client': 'admin' } })
    const text = await (await systemTransport(`${admin}/metrics`)).text()
    assert.match(text, /^mintmark_guard_answers_total\{code="no_credentials",status="401"\} 1$/m)
    assert.match(text, /^mintmark_guard_answers_total\{code="identity_header",status="400"\} 1$/m)
    assert.match(text, /^mintmark_guard_keys_usable 0$/m)
    signal()
    await ended
  })

  it('logs refusals by their codes, and nothing that was sent', async (t) => {
    const { check, notices, signal, ended } = await guarding(t, ['--log-level', 'info'])
    const headers = { authorization: 'Bearer a-token-nobody-may-see', mintmark_scope: 'also-not' }
    await systemTransport(`${check}?scope=a`, { headers })
    assert.match(notices(), /"code":"identity_header","status":400,"event":"request_refused"/)
    assert.doesNotMatch(notices(), /nobody-may-see|also-not/)
    signal()
    await ended
  })

  const wrong = [
    [['guard', '--audience', 'a'], /--issuer is missing/],
    [['guard', '--issuer', 'https://auth.example'], /--audience is missing/],
    [['guard', '--issuer', 'http://auth.example', '--audience', 'a'], /--issuer must be an https/],
    [['guard', ...needed, '--scope', 'a  b'], /--scope must be scope tokens, separated by single/],
    [['guard', ...needed, '--scope', 'a"b'], /--scope must be scope tokens/],
    [['guard', ...needed, '--mode', 'envoy'], /--mode must be one of generic, nginx/],
    [['guard', ...needed, '--trusted-proxy', '10.0.0.1/8'], /--trusted-proxy must be an address/],
    [['guard', ...needed, '--public-origin', 'https://a/b'], /--public-origin must be an http/],
    [['guard', ...needed, '--public-origin', 'http://a.example'], /--public-origin must be https/],
    [['guard', ...needed, '--dpop-nonces', 'required'], /nothing without --public-origin/],
    [['guard', ...needed, '--key-set-url', 'http://a.example/k'], /--key-set-url must be https/],
    [
      ['guard', ...needed, '--redis', 'http://a.example'],
      /--redis must be a URL of the form redis/,
    ],
    [['guard', ...needed, '--redis', redis, ...rate], /--redis needs --shared-key-file/],
    [
      ['guard', ...needed, '--redis', redis, ...key],
      /--redis says nothing without --limit-address/,
    ],
    [['guard', ...needed, '--redis-deadline-ms', '5'], /--redis-deadline-ms needs --redis/],
    [['guard', ...needed, '--redis-deadline-ms', '0'], /must be a whole number from 1 to 1000/],
    [['guard', ...needed, ...key], /--shared-key-file says nothing without --redis or/],
    [
      ['guard', ...needed, ...rate, '--when-redis-unavailable', 'allow'],
      /needs --redis and --limit/,
    ],
    [
      ['guard', ...needed, '--redis', redis, ...key, ...rate, ...proofsLocal],
      /--when-proof-store-unavailable needs --redis and --public-origin/,
    ],
    [['guard', ...needed, ...asking.slice(2)], /--client-id says nothing without --introspect/],
    [['guard', ...needed, ...asking.slice(0, 2)], /--client-id is missing/],
    [['guard', ...needed, ...asking], /the client secret is missing/],
    [['guard', ...needed, '--introspect', 'jwt'], /--introspect must be one of opaque, all/],
    [
      ['guard', ...needed, '--introspection-cache-seconds', '5'],
      /--introspection-cache-seconds says nothing without --introspect/,
    ],
    [
      ['guard', ...needed, ...asking, '--introspection-cache-seconds', '3601'],
      /--introspection-cache-seconds must be a whole number from 0 to 3600/,
    ],
    [
      ['guard', ...needed, ...asking, '--introspection-endpoint', 'http://a.example/i'],
      /--introspection-endpoint must be https/,
    ],
    [
      ['guard', ...needed, '--certificate-header', 'Client-Cert'],
      /--certificate-header needs --trusted-proxy/,
    ],
    [
      ['guard', ...needed, ...behind, '--certificate-header', 'X-Forwarded-Host'],
      /--certificate-header must be one of client-cert, x-client-cert, x-ssl-client-cert/,
    ],
    [
      ['guard', ...needed, '--trusted-proxy', 'proxy', '--certificate-header', 'Client-Cert'],
      /--trusted-proxy must be an address/,
    ],
    [
      ['guard', ...needed, ...behind, '--certificate-encoding', 'escaped-pem'],
      /needs --certificate-header/,
    ],
    [
      ['guard', ...needed, '--sender-binding', 'dpop'],
      /--sender-binding dpop needs --public-origin/,
    ],
    [
      [
        'guard',
        ...needed,
        '--public-origin',
        'https://a.example',
        '--sender-binding',
        'certificate',
      ],
      /--sender-binding certificate needs --certificate-header/,
    ],
    [
      ['guard', ...needed, '--sender-binding', 'any'],
      /needs --public-origin or --certificate-header/,
    ],
    [
      ['guard', ...needed, '--when-revocations-stale', 'refuse'],
      /--when-revocations-stale needs --follow-revocations/,
    ],
    [
      ['guard', ...needed, '--upstream', 'http://127.0.0.1:1', '--mode', 'nginx'],
      /--mode is for a proxy that asks/,
    ],
  ] as const
  for (const [argv, message] of wrong) {
    it(`refuses ${argv.slice(1).join(' ')}`, async () => {
      const { exitCode, notices } = await run([...argv, '--port', '0'])
      assert.equal(exitCode, 2)
      assert.match(notices, message)
      assert.doesNotMatch(notices, /canary-4711/)
    })
  }

  it('says what is wrong with a key or a client secret, and nothing of them', async (t) => {
    const workingFolder = temporaryFolder(t)
    const write = (name: string, text: string) => writeFileSync(join(workingFolder, name), text)
    write('short.key', 'Y2FuYXJ5LTQ3MTE')
    write('two-lines', 'canary-4711\ncanary-4711')
    const cases = [
      [['--redis', redis, ...rate, ...key], 1, /the key file \/no\/such does not exist/],
      [
        ['--redis', redis, ...rate, '--shared-key-file', 'short.key'],
        1,
        /short\.key is not base64url/,
      ],
      [[...asking, '--client-secret-file', 'two-lines'], 1, /has more than one line/],
      [
        [...asking.slice(0, 3), 'ä', '--client-secret-file', 'short.key'],
        2,
        /--client-id must be 1 to 256/,
      ],
    ] as const
    for (const [flags, expected, message] of cases) {
      const argv = ['guard', '--port', '0', ...needed, ...flags]
      const { exitCode, notices } = await run(argv, { workingFolder })
      assert.deepEqual(
        [exitCode, notices.includes('canary'), notices.includes('Y2Fu')],
        [...[expected, false, false]],
      )
      assert.match(notices, message)
    }
  })
})
