import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type FixtureTree, withTree } from '../fixture-tree.ts'

const drawer: FixtureTree = { 'tools/misc.ts': 'a()\n' }
const tidyTree: FixtureTree = { 'tools/scope.ts': 'a()\n' }

describe('a check on the command line', () => {
  it('prints each finding with its place, then how many there are, and exits with 1', () => {
    const { status, stdout } = withTree(drawer, (root) => run('tidy.ts', '--root', root))
    assert.equal(status, 1)
    assert.deepEqual(stdout.split('\n'), [
      'tools/misc.ts:1 file-name: "misc.ts" names no thing: name the file after the one concept it holds',
      'tidy: 1 found',
      '',
    ])
  })

  for (const name of ['tidy', 'boundaries', 'public-api']) {
    it(`prints one line and exits with 0 when ${name} finds nothing`, () => {
      const { status, stdout } = withTree(tidyTree, (root) => run(`${name}.ts`, '--root', root))
      assert.equal(status, 0)
      assert.equal(stdout, `${name}: nothing found\n`)
    })
  }

  it('refuses an argument that it does not know, with 2', () => {
    const { status, stdout, stderr } = run('tidy.ts', '--rot', '.')
    assert.equal(status, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /--rot/)
  })
})

function run(name: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const program = join(import.meta.dirname, '../..', name)
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
}
