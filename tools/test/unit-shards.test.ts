import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
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

  it('are files that load their tests, until they are removed', () => {
    const shards = writeUnitShards(['/a b/one.test.ts', '/c/two.test.ts'], 2)
    const loaded = shards.files.map((file) => file.replace('.test.mjs', '.mjs'))
    assert.deepEqual(
      loaded.map((file) => readFileSync(file, 'utf8')),
      ["import 'file:///a%20b/one.test.ts'\n", "import 'file:///c/two.test.ts'\n"],
    )
    for (const [at, file] of shards.files.entries()) {
      const [first, second] = readFileSync(file, 'utf8').split('\n')
      assert.match(first ?? '', /^await import\('file:.*\/untracked-promises\.ts'\)$/)
      assert.equal(second, `await import('${pathToFileURL(loaded[at] ?? '').href}')`)
    }
    shards.remove()
    assert.deepEqual([...shards.files, ...loaded].filter(existsSync), [])
  })

  it('say where their tests keep files, before the tests are there', () => {
    const shards = writeUnitShards(['/one.test.ts'], 1, '/nowhere')
    const [first] = readFileSync(shards.files[0] ?? '', 'utf8').split('\n')
    assert.equal(first, 'process.env.TMPDIR = "/nowhere"')
    shards.remove()
  })
})
