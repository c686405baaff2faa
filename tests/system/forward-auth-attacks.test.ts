/**
 * `mintmark check-proxy` against nginx with the configuration that is shipped, which holds, and with what its comments
 * warn of, each of which it finds.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { freePort } from '@mintmark/testkit'
import {
  type Change,
  guardProcess,
  type IssuingServer,
  issuingServer,
  shippedNginx,
} from './forward-auth-world.ts'
import { workingFolder } from './mintmark-process.ts'

interface Found {
  readonly exitCode: number | null
  readonly failed: readonly string[]
  readonly held: number
  readonly skipped: number
}

/** Attacks a proxy in front of a port. */
async function attack(
  test: TestContext,
  server: IssuingServer,
  origin: string,
  port: number,
  open = '/public/a',
): Promise<Found> {
  const url = [
    '--url',
    `${origin}/decisions/1`,
    ...(open === '' ? [] : ['--open-url', origin + open]),
  ]
  const argv = ['check-proxy', '-', ...url, '--port', String(port), '--json']
  const token = await server.token('decisions:read')
  const { output, notices, exitCode } = await workingFolder(test).run(argv, { input: token })
  assert.equal(notices, '')
  const { attacks } = JSON.parse(output) as { attacks: { id: string; outcome: string }[] }
  const of = (outcome: string) => attacks.filter((each) => each.outcome === outcome)
  const failed = of('failed').map(({ id }) => id)
  return { exitCode, failed, held: of('held').length, skipped: of('skipped').length }
}

async function attackNginx(test: TestContext, ...changes: readonly Change[]): Promise<Found> {
  const server = await issuingServer(test)
  const guard = await guardProcess(test, server.issuer, '--mode', 'nginx')
  const api = await freePort()
  const nginx = await shippedNginx(test, { guard: guard.origin, api }, changes)
  return await attack(test, server, nginx.origin, api)
}

const admitted = 'mintmark/admitted.conf'
const anonymous = 'mintmark/anonymous.conf'
const check = 'mintmark/check.conf'
const site = 'conf.d/api.conf'

describe('an attacked proxy', () => {
  it('holds when it is nginx as shipped [R8]', async (t) => {
    const { failed, held, skipped, exitCode } = await attackNginx(t)
    assert.deepEqual(failed, [])
    assert.deepEqual([held > 40, skipped, exitCode], [true, 0, 0])
  })

  it('holds when it is the guard itself [R8]', async (t) => {
    const server = await issuingServer(t)
    const port = await freePort()
    const upstream = ['--upstream', `http://127.0.0.1:${port}`]
    const guard = await guardProcess(t, server.issuer, ...upstream)
    const { failed, exitCode } = await attack(t, server, guard.origin, port, '')
    assert.deepEqual([failed, exitCode], [[], 0])
  })

  // What the guard would refuse if it saw it.
  const blindGuard: Change = [
    ...([check, 'internal;'] as const),
    'internal; proxy_pass_request_headers off; proxy_set_header Authorization $http_authorization;',
  ]
  const broken: readonly (readonly [title: string, expected: string, ...changes: Change[]])[] = [
    [
      'does not take identity fields out of paths for everybody',
      'open-plain',
      [anonymous, 'proxy_set_header Mintmark-Client "";', ''],
    ],
    [
      'forgets one of the fields behind a token',
      'spoof-plain',
      [admitted, 'proxy_set_header Mintmark-Subject $mintmark_subject;', 'proxy_pass_header X;'],
    ],
    [
      'lets underscores in, with a program behind that cannot tell them apart',
      'aliased-forwarding',
      [site, 'underscores_in_headers off;', 'underscores_in_headers on;'],
      blindGuard,
    ],
    [
      'lets names with odd characters in',
      'spoof-dots',
      [site, 'ignore_invalid_headers on;', 'ignore_invalid_headers off;'],
      blindGuard,
    ],
    [
      'asks for no token where one is needed',
      'no-token',
      [site, 'auth_request /_mintmark/decisions-read;', 'auth_request off;'],
    ],
    [
      'believes what a client says about where it wants to go',
      'open-by-x-original-uri',
      [
        site,
        'auth_request /_mintmark/decisions-read;',
        'auth_request /_mintmark/decisions-read; if ($http_x_original_uri ~ ^/public/) { rewrite ^ /public/$uri; }',
      ],
    ],
    ['lets clients ask the guard', 'endpoint-1', [check, 'internal;', '']],
    [
      'does not tell the guard what was asked for',
      'token-in-query',
      [check, 'proxy_set_header X-Original-URI $request_uri;', ''],
    ],
  ]
  for (const [title, expected, ...changes] of broken) {
    it(`is found out when it ${title}`, async (t) => {
      const { failed, exitCode } = await attackNginx(t, ...changes)
      assert(failed.includes(expected), `${expected} is among ${failed.join(' ')}`)
      assert.equal(exitCode, 1)
    })
  }
})
