import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { findSecret, the } from '@mintmark/testkit'
import { type Shell, shell } from './shell.ts'

async function withClient(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): Promise<Shell> {
  const made = shell(t, files)
  await made.json(['resource', 'create', '--id', the.audience, '--scope', the.scope])
  await made.json(['client', 'create', '--id', the.clientId, '--scope', the.scope])
  return made
}

describe('mintmark client secrets', () => {
  it('rotates: makes the secret that follows, and says how to retire the old one [A2]', async (t) => {
    const { json, step } = await withClient(t)
    const [first] = (await json(['client', 'secrets', the.clientId])).secrets
    const { output, notices } = await step(['client', 'rotate-secret', the.clientId])
    assert.match(output, /^secret \w{10} of client \S+ added\n {2}client secret {2}mm_live_\w+\n/)
    const retire = `  mintmark client retire-secret ${the.clientId} --secret-id ${first.secret_id}\n`
    assert.ok(output.endsWith(retire), output)
    assert.match(notices, /not shown again/)
    const rotated = await json(['client', 'rotate-secret', '--id', the.clientId])
    assert.equal(rotated.follows.length, 2)
    assert.match(rotated.client_secret, /^mm_live_/)
    const { secrets } = await json(['client', 'secrets', the.clientId])
    assert.deepEqual(
      secrets.map((secret: { readonly state: string }) => secret.state),
      ['active', 'active', 'active'],
    )
  })

  it('adds a secret with a label and an expiry, changes them, retires and deletes it [A2]', async (t) => {
    const { json, step } = await withClient(t, { own: 'a secret of my own\n' })
    const add = ['client', 'add-secret', the.clientId, '--label', 'blue']
    const added = await json([...add, '--expires-at', '2027-01-31T00:00:00Z'])
    const { secret_id: secretId } = added
    assert.deepEqual([added.label, added.expires_at], ['blue', '2027-01-31T00:00:00.000Z'])
    const about = [the.clientId, '--secret-id', secretId]
    const changed = await json(['client', 'update-secret', ...about, '--label', 'green'])
    assert.deepEqual([changed.label, changed.expires_at], ['green', '2027-01-31T00:00:00.000Z'])
    const refused = await step(['client', 'retire-secret', ...about, '--json'])
    assert.equal(JSON.parse(refused.notices).error.code, 'secret_in_use')
    assert.equal(refused.exitCode, 1)
    const retired = await json(['client', 'retire-secret', ...about, '--force'])
    assert.equal(retired.state, 'retired')
    const { output } = await step(['client', 'secrets', the.clientId])
    assert.match(output, /^SECRET +LABEL +STATE +MADE +EXPIRES +LAST USED +CAN BE RETIRED\n/)
    assert.match(output, /green +retired +2026-11-23 +2027-01-31T00:00:00.000Z +never/)
    assert.match(output, /active .* never +no: no server was there to see/)
    await json(['client', 'delete-secret', ...about])
    assert.equal((await json(['client', 'secrets', the.clientId])).secrets.length, 1)
    const own = await step(['client', 'add-secret', the.clientId, '--secret-file', 'own'])
    assert.equal(findSecret(own.output + own.notices, 'a secret of my own'), undefined)
  })

  const wrong: readonly (readonly [readonly string[], number, string])[] = [
    [['secrets', 'nobody'], 1, 'client_unknown'],
    [['secrets'], 2, 'setting_missing'],
    [['add-secret', 'nobody'], 1, 'client_unknown'],
    [['add-secret', the.clientId, '--expires-at', 'tomorrow'], 2, 'expiry_malformed'],
    [['add-secret', the.clientId, '--expires-at', '2020-01-01T00:00:00Z'], 1, 'expiry_past'],
    [['retire-secret', the.clientId], 2, 'setting_missing'],
    [['retire-secret', the.clientId, '--secret-id', 'x'], 1, 'secret_unknown'],
    [['update-secret', the.clientId, '--secret-id', 'x'], 1, 'secret_unknown'],
    [['delete-secret', the.clientId, '--secret-id', 'x'], 1, 'secret_unknown'],
  ]
  for (const [words, exitCode, code] of wrong) {
    it(`refuses ${JSON.stringify(words)} as ${code}`, async (t) => {
      const { step } = await withClient(t)
      const result = await step(['client', ...words, '--json'])
      assert.equal(JSON.parse(result.notices).error.code, code)
      assert.equal(result.exitCode, exitCode)
    })
  }

  it('leaves the name of the operator in the audit trail [A13]', async (t) => {
    const { json } = await withClient(t)
    await json(['client', 'rotate-secret', the.clientId])
    const { records } = await json(['audit', 'list'])
    const { actor, via } = records.at(-1)
    assert.deepEqual([actor, via], ['operator:operator@host', 'command'])
  })
})
