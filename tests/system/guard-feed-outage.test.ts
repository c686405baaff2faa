/** `mintmark guard --follow-revocations` with an issuer whose feed cannot be had, while everything else of it can. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import { createTokenClient } from '@mintmark/client'
import { startLoopbackServer } from '@mintmark/testkit'
import { audience, guardProcess } from './forward-auth-world.ts'

const FEED = '/oauth/revocations'

/** An issuer that answers requests for its feed with 503, and a token of it. */
async function feedlessIssuer(context: TestContext) {
  const front = await startLoopbackServer((request, response) => {
    if (!request.url?.startsWith(FEED)) return server.listener(request, response)
    response.writeHead(503).end()
  })
  const server = await createAuthorizationServer({
    ...{ issuer: front.origin, storage: sqlite(':memory:') },
  })
  context.after(async () => {
    await front.close()
    await server.close()
  })
  await server.registry.createResource({ id: audience, scope: 'read' })
  const created = await server.registry.createClient({ id: 'partner-a', scope: 'read' })
  assert.ok(created.ok)
  const clientSecret = created.value.clientSecret?.reveal() ?? ''
  const options = { issuer: front.origin, clientId: 'partner-a', clientSecret }
  const client = createTokenClient(options)
  context.after(() => client.dispose())
  return { issuer: front.origin, token: (await client.token()).reveal() }
}

for (const [told, status] of [
  [[], 200],
  [['--when-revocations-stale', 'admit'], 200],
  [['--when-revocations-stale', 'refuse'], 503],
] as const) {
  const said = told.at(-1) ?? 'nothing'
  test(`a feed that cannot be had, with ${said} said about it, means ${status} [R6]`, async (t) => {
    const { issuer, token } = await feedlessIssuer(t)
    const guard = await guardProcess(t, issuer, '--follow-revocations', ...told)
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${guard.origin}/check`, { headers })
    assert.equal(answer.status, status)
    assert.equal(answer.headers.get('www-authenticate'), null)
    assert.equal(answer.headers.has('retry-after'), status === 503)
    const { notices } = await guard.stop()
    assert.match(notices, /"event":"revocation_feed_failed"/)
    assert.equal(/"code":"revocations_unknown"/.test(notices), status === 503)
  })
}
