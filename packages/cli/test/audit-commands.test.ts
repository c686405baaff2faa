import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { the } from '@mintmark/testkit'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A data folder in which a resource and two clients were registered and one was disabled. */
async function registered(test: TestContext) {
  const workingFolder = temporaryFolder(test)
  let seed = 0
  const step = (...argv: readonly string[]) => {
    seed += 1
    return run(argv, { workingFolder, seed })
  }
  const json = async (...argv: readonly string[]) =>
    JSON.parse((await step(...argv, '--json')).output)
  await json('resource', 'create', '--id', the.audience, '--scope', the.scope)
  for (const id of [the.clientId, 'other']) {
    await json('client', 'create', '--id', id, '--scope', the.scope)
  }
  await json('client', 'disable', 'other')
  const edit = (sql: string) => {
    const database = new DatabaseSync(join(workingFolder, 'data/mintmark.db'))
    database.exec(sql)
    database.close()
  }
  return { workingFolder, step, json, edit }
}

describe('mintmark audit', () => {
  it('lists a page of records, and where the next one begins', async (t) => {
    const { json, step } = await registered(t)
    const { records, next_after: next } = await json('audit', 'list', '--limit', '2')
    assert.deepEqual(
      records.map((record: Record<string, unknown>) => [record.sequence, record.action]),
      [
        [1, 'signing_key_created'],
        [2, 'resource_created'],
      ],
    )
    assert.equal(next, 2)
    const rest = await step('audit', 'list', '--after', '2')
    assert.match(rest.output, /^NUMBER +AT +BY +ACTION +OF +DETAIL\n3 +\d{4}-.*client_created/)
    assert.doesNotMatch(rest.output, /there may be more/)
  })

  it('lists what is about one client', async (t) => {
    const { json } = await registered(t)
    const { records } = await json('audit', 'list', '--client', 'other')
    const actions = records.map(({ action }: { readonly action: string }) => action)
    assert.deepEqual(actions.slice(0, 2), ['client_created', 'client_disabled'])
    assert.doesNotMatch(JSON.stringify(records), new RegExp(the.clientId))
  })

  it('verifies a trail that is whole, and ends with 1 for one that was edited', async (t) => {
    const { json, step, edit } = await registered(t)
    const whole = await json('audit', 'verify')
    assert.equal(whole.ok, true)
    edit("update audit set actor = 'nobody' where sequence = 3")
    const edited = await step('audit', 'verify', '--json')
    assert.equal(edited.exitCode, 1)
    assert.deepEqual(JSON.parse(edited.output), { ok: false, fault: 'record_changed', sequence: 3 })
    assert.match((await step('audit', 'verify')).output, /^not as it was written: record 3: /)
  })

  it('shows by a checkpoint kept elsewhere that records were cut off', async (t) => {
    const { workingFolder, step, edit } = await registered(t)
    const { output } = await step('audit', 'checkpoint')
    writeFileSync(join(workingFolder, 'checkpoint'), output)
    const verify = ['audit', 'verify', '--checkpoint', 'checkpoint', '--json']
    assert.equal((await step(...verify)).exitCode, 0)
    edit(
      "delete from audit where sequence > 3; delete from settings where name = 'audit_checkpoint'",
    )
    assert.equal((await step('audit', 'verify', '--json')).exitCode, 0)
    const cut = await step(...verify)
    assert.equal(cut.exitCode, 1)
    assert.deepEqual(JSON.parse(cut.output), { ok: false, fault: 'trail_cut', sequence: 4 })
  })

  it('refuses a checkpoint file that is missing or is none', async (t) => {
    const { workingFolder, step } = await registered(t)
    const missing = await step('audit', 'verify', '--checkpoint', 'missing', '--json')
    assert.equal(JSON.parse(missing.notices).error.code, 'checkpoint_unreadable')
    for (const text of ['', 'x', 'x'.repeat(5_000)]) {
      writeFileSync(join(workingFolder, 'checkpoint'), text)
      const { output } = await step('audit', 'verify', '--checkpoint', 'checkpoint', '--json')
      assert.equal(JSON.parse(output).fault, 'checkpoint_not_genuine')
    }
  })
})
