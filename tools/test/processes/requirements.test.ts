import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { requirements } from '../../requirements.ts'
import { type FixtureTree, withTree } from '../fixture-tree.ts'

const program = join(import.meta.dirname, '../../requirements.ts')

const cited: FixtureTree = {
  'docs/requirements.md':
    '| id | requirement | state |\n|---|---|---|\n| C6 | a | done |\n| C7 | b | not yet |\n',
  'packages/a/test/one.test.ts': `it('does it [C6]', a)\n`,
}

const notCited: FixtureTree = {
  ...cited,
  'packages/a/test/two.test.ts': `it('does it [C66]', a)\nit('does more [C8]', b)\n`,
}

describe('requirements on the command line', () => {
  it('exits with 0 when every citation is on the page, and with 1 when one is not', () => {
    for (const [tree, exitCode, lastLine] of [
      [cited, 0, 'requirements: 1 of 2 cited'],
      [notCited, 1, 'requirements: 2 found'],
    ] as const) {
      const { status, stdout } = withTree(tree, (root) =>
        spawnSync(process.execPath, [program, '--root', root], { encoding: 'utf8' }),
      )
      assert.equal(status, exitCode, stdout)
      assert.equal(stdout.trimEnd().split('\n').at(-1), lastLine)
    }
  })

  it('finds nothing in this repository', () => {
    assert.deepEqual(requirements(join(import.meta.dirname, '../../..')).findings, [])
  })
})
