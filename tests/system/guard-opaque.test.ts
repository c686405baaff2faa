/** `mintmark guard` asks an authorization server of ours about tokens that only that can read (RFC 7662). */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { eventually, the } from '@mintmark/testkit'
import { opaqueWorld } from './introspection-world.ts'
import { type ServingProcess, workingFolder } from './mintmark-process.ts'

/** A guard that asks as the API, whose secret is in a file that can be replaced. */
async function opaqueGuard(context: TestContext, ...flags: readonly string[]) {
  const world = await opaqueWorld(context)
  const folder = workingFolder(context)
  const { clientId, clientSecret } = world.asApi
  folder.write('secret', `${clientSecret}\n`)
  const guard = await folder.guard([
    ...['--issuer', world.issuer, '--audience', the.audience, '--admin-port', '0'],
    ...['--introspect', 'opaque', '--client-id', clientId, '--client-secret-file', 'secret'],
    ...flags,
  ])
  return { world, folder, guard, clientSecret }
}

const check = ({ origin }: ServingProcess, token: string): Promise<Response> =>
  fetch(`${origin}/check?scope=decisions:read`, { headers: { authorization: `Bearer ${token}` } })

async function codes({ adminOrigin }: ServingProcess): Promise<readonly string[]> {
  const text = await (await fetch(`${adminOrigin}/metrics`)).text()
  return [...text.matchAll(/answers_total\{code="(\w+)"/g)].map(([, code]) => code ?? '')
}

describe('mintmark guard with opaque tokens', { concurrency: 2 }, () => {
  test('admits one that its issuer knows, and refuses it once it was revoked [R3]', async (t) => {
    const { world, guard } = await opaqueGuard(t, '--introspection-cache-seconds', '0')
    const token = await world.newToken()
    const admitted = await check(guard, token)
    assert.equal(admitted.status, 200)
    assert.equal(admitted.headers.get('mintmark-client'), the.clientId)
    assert.equal(admitted.headers.get('mintmark-issuer'), world.issuer)
    assert.match(admitted.headers.get('mintmark-scope') ?? '', /decisions:read/)
    const lacking = await fetch(`${guard.origin}/check?scope=other`, {
      headers: { authorization: `Bearer ${token}` },
    })
    assert.equal(lacking.status, 403)
    await world.revoke(token)
    assert.equal((await check(guard, token)).status, 401)
    assert.equal((await check(guard, 'made-up-by-somebody')).status, 401)
    assert.ok((await codes(guard)).includes('inactive'))
  })

  test('an issuer that cannot be asked is an outage: 503, and what is known goes on [R3] [R4]', async (t) => {
    const { world, guard } = await opaqueGuard(t)
    const [known, other] = [await world.newToken(), await world.newToken()]
    assert.equal((await check(guard, known)).status, 200)
    await world.stop()
    const refused = await check(guard, other)
    assert.equal(refused.status, 503)
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
    assert.equal(refused.headers.get('www-authenticate'), null)
    assert.equal((await check(guard, known)).status, 200)
    await world.start()
    await eventually(async () => assert.equal((await check(guard, other)).status, 200))
  })

  test('a secret that is replaced in its file counts from then on, and is printed nowhere [R3]', async (t) => {
    const { world, folder, guard, clientSecret } = await opaqueGuard(t)
    const wrong = 'a-wrong-secret-of-the-api'
    folder.write('secret', wrong)
    const token = await world.newToken()
    assert.equal((await check(guard, token)).status, 503)
    folder.write('secret', clientSecret)
    await eventually(async () => assert.equal((await check(guard, token)).status, 200))
    const { notices, output, exitCode } = await guard.stop()
    assert.equal(exitCode, 0)
    assert.match(notices, /"failure":"caller_refused"/)
    for (const secret of [wrong, clientSecret, token]) {
      assert.ok(!`${notices}${output}`.includes(secret))
    }
  })

  test('the secret may be in the environment [R3]', async (t) => {
    const world = await opaqueWorld(t)
    const { clientId, clientSecret } = world.asApi
    const asking = ['--introspect', 'all', '--client-id', clientId]
    const argv = ['--issuer', world.issuer, '--audience', the.audience, ...asking]
    const variables = { MINTMARK_CLIENT_SECRET: clientSecret }
    const guard = await workingFolder(t).guard(argv, { variables })
    assert.equal((await check(guard, await world.newToken())).status, 200)
  })

  test('forgeries are counted by the address that a proxy tells, before the issuer is asked [R9]', async (t) => {
    const { world, guard } = await opaqueGuard(t, '--limit-client', '600/60')
    const from = (address: string, token: string) =>
      fetch(`${guard.origin}/check`, {
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
      })
    const statuses: number[] = []
    for (let at = 0; at < 110; at += 1) {
      statuses.push((await from('203.0.113.7', `made-up-${at}`)).status)
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429])
    assert.equal((await from('203.0.113.8', await world.newToken())).status, 200)
  })
})
