import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { writeUnitShards } from '../../unit-shards.ts'

describe('unit shards that run', () => {
  it('fail for an error that no test waits for, and tell where it was made', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mintmark-stray-'))
    const file = join(folder, 'stray.test.mjs')
    writeFileSync(file, STRAY)
    const shards = writeUnitShards([file], 1)
    const [shard = ''] = shards.files
    // Not as the runner's own child, whose output is for the runner only.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    const result = spawnSync(process.execPath, [shard], { encoding: 'utf8', env })
    const { status, stdout, stderr } = result
    assert.equal(status, 1)
    assert.match(stdout, /pass 2/)
    for (const line of [4, 8]) assert.match(stderr, new RegExp(`stray\\.test\\.mjs:${line}:`))
    shards.remove()
    rmSync(folder, { recursive: true })
  })
})

/** Both tests pass, and what they leave behind fails. */
const STRAY = `import { test } from 'node:test'
test('leaves a promise', async () => {
  await null
  Promise.reject(new Error('of a promise'))
})
test('leaves a callback', async () => {
  await null
  setImmediate(() => { throw new Error('of a callback') })
})
`
