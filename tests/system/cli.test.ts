/** The command line as real processes that work together. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { the } from '@mintmark/testkit'
import { requestToken, scope, servingWorld, startApi, until } from './cli-world.ts'
import { workingFolder } from './mintmark-process.ts'

describe('mintmark, the whole flow', () => {
  it('registers, serves, fetches a token, calls an API with it and verifies it [X3, S6]', async (t) => {
    const { folder, server, clientSecret, credentials, variables } = await servingWorld(t)

    const answer = await requestToken(server, the.clientId, clientSecret)
    assert.equal(answer.status, 200)

    const fetched = await folder.run(['token', ...credentials, '--scope', 'decisions:read'], {
      variables,
    })
    assert.equal(fetched.exitCode, 0, fetched.notices)
    assert.match(fetched.output, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    assert.equal(fetched.notices, '')

    const inspected = await folder.document(
      ['inspect', '--issuer', server.issuer, '--audience', the.audience],
      { input: fetched.output },
    )
    assert.deepEqual(inspected.verification, { status: 'verified', audience_checked: true })
    const claims = inspected.claims as Record<string, unknown>
    assert.equal(claims.client_id, the.clientId)
    assert.equal(claims.scope, 'decisions:read')

    const api = await startApi(t, server.issuer)
    const called = await folder.run(['call', `${api}/decisions`, ...credentials], { variables })
    assert.equal(called.exitCode, 0, called.notices)
    assert.equal(called.notices, '')
  })

  it('describes a token with --json, under the fingerprint that inspect shows too', async (t) => {
    const { folder, credentials, variables } = await servingWorld(t)
    const token = await folder.document(['token', ...credentials], { variables })
    assert.deepEqual(Object.keys(token), [
      'access_token',
      'token_type',
      'expires_in',
      'expires_at',
      'scope',
      'fingerprint',
    ])
    assert.equal(token.token_type, 'Bearer')
    assert.equal(token.scope, scope)
    const input = String(token.access_token)
    assert.equal((await folder.document(['inspect'], { input })).fingerprint, token.fingerprint)
  })

  it('takes credential settings from the environment and the configuration file', async (t) => {
    const { folder, server, clientSecret } = await servingWorld(t)
    folder.write('secret', `${clientSecret}\n`)
    folder.write(
      'mintmark.config.json',
      JSON.stringify({ tokenEndpoint: server.tokenEndpoint, clientSecretFile: 'secret' }),
    )
    const result = await folder.run(['token'], {
      variables: { MINTMARK_CLIENT_ID: the.clientId, MINTMARK_SCOPE: 'decisions:read' },
    })
    assert.equal(result.exitCode, 0, result.notices)
    const piped = await folder.run(
      ['token', '--client-id', the.clientId, '--client-secret-file', '-'],
      { input: clientSecret },
    )
    assert.equal(piped.exitCode, 0, piped.notices)
  })

  it('sends method, headers and body, and shows status and headers with -i', async (t) => {
    const { folder, server, credentials, variables } = await servingWorld(t)
    const api = await startApi(t, server.issuer)
    folder.write('body.json', '{"a":"ünï"}')
    const flags = ['-d', '@body.json', '-X', 'PUT', '-H', 'content-type: application/json', '-i']
    const { exitCode, output } = await folder.run(['call', api, ...flags, ...credentials], {
      variables,
    })
    assert.equal(exitCode, 0)
    assert.match(output, /^HTTP 200\n/)
    assert.match(output, /\nx-method: PUT\n/)
    assert.ok(output.endsWith('\n\n{"a":"ünï"}'))
  })

  it('explains a missing scope in one line and ends with exit code 1', async (t) => {
    const { folder, server, credentials, variables } = await servingWorld(t)
    const api = await startApi(t, server.issuer)
    const argv = ['call', api, ...credentials, '--scope', 'applications:write']
    const { exitCode, notices } = await folder.run(argv, { variables })
    assert.equal(exitCode, 1)
    assert.equal(
      notices,
      'mintmark: HTTP 403: the token does not carry the scope this call needs (decisions:read)\n',
    )
  })

  it('shows a registry change to a server that runs already [X3]', async (t) => {
    const { folder, server, clientSecret } = await servingWorld(t)
    const status = async (id: string, secret: string) =>
      (await requestToken(server, id, secret)).status
    const late = await folder.document(['client', 'create', '--id', 'late', '--scope', scope])
    await until(async () => (await status('late', String(late.client_secret))) === 200)
    await folder.document(['client', 'disable', the.clientId])
    await until(async () => (await status(the.clientId, clientSecret)) === 401)
    await folder.document(['client', 'enable', the.clientId])
    await until(async () => (await status(the.clientId, clientSecret)) === 200)
    await folder.document(['client', 'delete', the.clientId])
    await until(async () => (await status(the.clientId, clientSecret)) === 401)
  })
})

describe('mintmark serve', () => {
  it('prints one ready document, and stops gracefully at SIGTERM and SIGINT', async (t) => {
    const folder = workingFolder(t)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const server = await folder.serve(['--admin-port', '0'])
      const ready = await fetch(`${server.adminOrigin}/health/ready`)
      assert.deepEqual(await ready.json(), { ready: true, stale_seconds: 0 })
      const { exitCode, notices, output } = await server.stop(signal)
      assert.equal(exitCode, 0)
      const lines = notices.trimEnd().split('\n')
      const events = lines.map((line) => (JSON.parse(line) as { readonly event: string }).event)
      const ofProcess = events.filter((event) => event !== 'registry_reloaded')
      assert.deepEqual(ofProcess, ['ready', 'stopping', 'stopped'])
      assert.equal(output.split('\n').length, 2)
    }
  })

  it('takes on the shape of a dialect [S1]', async (t) => {
    const { server, clientSecret } = await servingWorld(t, ['--dialect', 'credicorp'])
    assert.equal(server.tokenEndpoint, `${server.origin}/partner/v1/oauth/token`)
    assert.equal((await requestToken(server, the.clientId, clientSecret)).status, 200)
  })

  it('serves under the issuer it was given', async (t) => {
    const server = await workingFolder(t).serve(['--issuer', 'https://auth.example/m2m'])
    assert.equal(server.issuer, 'https://auth.example/m2m')
    assert.equal(server.adminOrigin, null)
    const path = '/.well-known/oauth-authorization-server/m2m'
    const answer = await fetch(server.origin + path)
    assert.match(await answer.text(), /"issuer":"https:\/\/auth\.example\/m2m"/)
  })

  it('stops at once at a second signal, although a request is under way', async (t) => {
    const server = await workingFolder(t).serve()
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
    t.after(() => socket.destroy())
    socket.on('error', () => undefined)
    socket.write('POST /oauth/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n')
    await until(async () => (await fetch(`${server.origin}/oauth/jwks`)).ok)
    const ended = server.stop()
    // Signals that follow each other closely are one request, so the next ones keep a distance.
    const again = repeated(350, () => server.child.kill('SIGTERM'))
    const { exitCode } = await ended
    again.abort()
    assert.equal(exitCode, 1)
  })
})

/** Runs `task` every `intervalMs` until aborted. */
function repeated(intervalMs: number, task: () => void): AbortController {
  const stop = new AbortController()
  void (async () => {
    while (!stop.signal.aborted) {
      await delay(intervalMs)
      if (!stop.signal.aborted) task()
    }
  })()
  return stop
}
