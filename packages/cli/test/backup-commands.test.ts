import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { the } from '@mintmark/testkit'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A working folder with a registered resource in `data`. */
async function registered(test: TestContext) {
  const workingFolder = temporaryFolder(test)
  let seed = 0
  const step = (...argv: readonly string[]) => {
    seed += 1
    return run([...argv, '--json'], { workingFolder, seed })
  }
  await step('resource', 'create', '--id', the.audience, '--scope', the.scope)
  return {
    workingFolder,
    step,
    code: async (...argv: readonly string[]) => codeOf(await step(...argv)),
  }
}

function codeOf({ exitCode, notices }: { readonly exitCode: number; readonly notices: string }) {
  assert.equal(exitCode, 1)
  return JSON.parse(notices).error.code
}

describe('mintmark backup and restore', () => {
  it('take everything from one data folder into another with the same master key', async (t) => {
    const { workingFolder, step } = await registered(t)
    const file = join(workingFolder, 'backup.jsonl')
    const backup = await step('backup', '--out', 'backup.jsonl')
    assert.equal(backup.exitCode, 0, backup.notices)
    assert.ok(JSON.parse(backup.output).rows > 5)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    mkdirSync(join(workingFolder, 'other'))
    const keyFile = (folder: string) => join(workingFolder, folder, 'master.key')
    copyFileSync(keyFile('data'), keyFile('other'))
    const restored = await step('restore', '--in', 'backup.jsonl', '--data', 'other')
    assert.equal(restored.exitCode, 0, restored.notices)
    const list = async (folder: string) => (await step('resource', 'list', '--data', folder)).output
    assert.equal(await list('other'), await list('data'))
    const verified = await step('audit', 'verify', '--data', 'other')
    assert.equal(JSON.parse(verified.output).ok, true)
  })

  it('say what is wrong with a file or a storage, and leave nothing behind', async (t) => {
    const { workingFolder, step, code } = await registered(t)
    await step('backup', '--out', 'backup.jsonl')
    assert.equal(await code('restore', '--in', 'backup.jsonl'), 'storage_not_empty')
    const another = ['--data', 'another']
    assert.equal(await code('restore', '--in', 'backup.jsonl', ...another), 'backup_of_other_key')
    assert.equal(existsSync(join(workingFolder, 'another')), false)
    assert.equal(await code('restore', '--in', 'missing', ...another), 'backup_unreadable')
    assert.equal(await code('restore', '--in', 'data', ...another), 'backup_unreadable')
    writeFileSync(join(workingFolder, 'text'), 'x'.repeat(20_000_000))
    assert.equal(await code('restore', '--in', 'text', ...another), 'backup_malformed')
    assert.equal(await code('backup', '--out', 'missing/file'), 'backup_unwritable')
    assert.deepEqual(readdirSync(workingFolder).sort(), ['backup.jsonl', 'data', 'text'])
  })
})
