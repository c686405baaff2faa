import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { dealt, writeUnitShards } from '../unit-shards.ts'

describe('unit shards', () => {
  it('have every test in one of them, and neighbours in different ones', () => {
    assert.deepEqual(dealt([1, 2, 3, 4, 5], 2), [
      [1, 3, 5],
      [2, 4],
    ])
  })

  it('are no more than there are tests', () => {
    assert.deepEqual(dealt([1], 4), [[1]])
    assert.deepEqual(dealt([], 4), [])
  })

  it('are files that import their tests, until they are removed', () => {
    const shards = writeUnitShards(['/a b/one.test.ts', '/c/two.test.ts'], 2)
    assert.deepEqual(
      shards.files.map((file) => readFileSync(file, 'utf8')),
      ["import 'file:///a%20b/one.test.ts'\n", "import 'file:///c/two.test.ts'\n"],
    )
    shards.remove()
    assert.deepEqual(shards.files.map(existsSync), [false, false])
  })

  it('say where their tests keep files, before the tests are there', async () => {
    const setting = process.env.TMPDIR
    const shards = writeUnitShards(['/one.test.ts'], 1, '/nowhere')
    const [first = ''] = readFileSync(shards.files[0] ?? '', 'utf8').split('\n')
    await import(/'(.*)'/.exec(first)?.[1] ?? '')
    assert.equal(process.env.TMPDIR, '/nowhere')
    if (setting === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = setting
    shards.remove()
  })
})
