import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import { decodeBase64url } from '@mintmark/jwt'
import { createGuard } from '@mintmark/resource-server'
import { FakeClock, the } from '@mintmark/testkit'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('mintmark explain', () => {
  it('says exactly why a request was refused [N17]', async (t) => {
    const folder = temporaryFolder(t)
    const reference = await refusedIn(folder)
    const { exitCode, output } = await run(['explain', reference, '--data', folder])
    assert.equal(exitCode, 0)
    assert.match(output, /^refused: no client of that id is registered\n/)
    assert.match(output, /reason +client_unknown\n/)
    const json = await run(['explain', reference, '--data', folder, '--json'])
    assert.deepEqual(JSON.parse(json.output), {
      at: new Date(the.nowSeconds * 1000).toISOString(),
      endpoint: 'token',
      reason: 'client_unknown',
      meaning: 'no client of that id is registered',
      advice: 'compare the id with those that "mintmark client list" shows',
      client_id: null,
      detail: {},
    })
  })

  it('knows nothing of a reference of another server, or of one that was cut [N17]', async (t) => {
    const [folder, other] = [temporaryFolder(t), temporaryFolder(t)]
    const reference = await refusedIn(folder)
    await refusedIn(other)
    for (const [data, text] of [
      [other, reference],
      [folder, reference.slice(0, -1)],
      [folder, 'x'],
    ] as const) {
      const { exitCode, notices } = await run(['explain', text, '--data', data, '--json'])
      assert.equal(exitCode, 1)
      assert.equal(JSON.parse(notices).error.code, 'reference_unknown')
    }
  })

  it('makes no data folder where there is none', async (t) => {
    const { exitCode, notices } = await run(['explain', 'x', '--data', `${temporaryFolder(t)}/no`])
    assert.equal(exitCode, 1)
    assert.match(notices, /does not exist/)
  })
})

describe('mintmark explain, of an API', () => {
  const keyText = `${'k'.repeat(42)}g`

  /** The receipt of a refusal by a guard with that key. */
  async function receipt(): Promise<string> {
    const key = decodeBase64url(keyText) ?? assert.fail('it is base64url')
    const guard = createGuard({
      ...{ issuer: the.issuer, audience: the.audience },
      ...{ receipts: { key }, clock: new FakeClock() },
    })
    const verdict = await guard.check({ headers: { authorization: 'Bearer x' } })
    assert.ok(!verdict.admitted)
    return String((JSON.parse(verdict.body) as { error_uri: unknown }).error_uri)
  }

  const explained = async (t: TestContext, text: string, key: string, ...flags: string[]) => {
    const file = join(temporaryFolder(t), 'receipts.key')
    writeFileSync(file, key)
    return await run(['explain', text, '--receipt-key-file', file, ...flags])
  }

  it('says exactly why a guard refused a request [N17] [R4]', async (t) => {
    const { exitCode, output } = await explained(t, await receipt(), `${keyText}\n`)
    assert.equal(exitCode, 0)
    assert.match(output, /^refused: not a canonical compact JWS/)
    assert.match(output, /code +malformed_token\n/)
    const json = await explained(t, await receipt(), keyText, '--json')
    assert.deepEqual(JSON.parse(json.output), {
      at: new Date(the.nowSeconds * 1000).toISOString(),
      code: 'malformed_token',
      meaning: 'not a canonical compact JWS, or claims that are not strict JSON',
      advice: 'use the token as it was issued; an opaque one needs introspection',
      issuer: null,
      signing_key: 'not looked at',
      detail: {},
    })
  })

  it('wants the key of the guard, and the whole receipt [N17]', async (t) => {
    const text = await receipt()
    for (const [code, shown, key] of [
      ['reference_unknown', text.slice(0, -1), keyText],
      ['reference_unknown', text, 'A'.repeat(43)],
      ['receipt_key_malformed', text, 'too short'],
    ] as const) {
      const { exitCode, notices } = await explained(t, shown, key, '--json')
      assert.equal(exitCode, 1)
      assert.equal(JSON.parse(notices).error.code, code)
    }
    const without = await run(['explain', text, '--json'])
    assert.equal(JSON.parse(without.notices).error.code, 'receipt_key_missing')
    const absent = await run(['explain', text, '--receipt-key-file', '/no/such', '--json'])
    assert.equal(JSON.parse(absent.notices).error.code, 'receipt_key_unreadable')
  })
})

/** The reference of a refusal by a server on `folder` that has stopped since. */
async function refusedIn(folder: string): Promise<string> {
  const server = await createAuthorizationServer({
    issuer: the.issuer,
    storage: sqlite(folder),
    clock: new FakeClock(),
  })
  const response = await server.fetch(
    new Request(the.tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'x', client_secret: 'x' }),
    }),
  )
  await server.close()
  return String(((await response.json()) as { error_uri: unknown }).error_uri)
}
