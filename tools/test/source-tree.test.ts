import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSourceTree } from '../source-tree.ts'
import { withTree } from './fixture-tree.ts'

describe('readSourceTree', () => {
  it('reads TypeScript of the source folders, in the order of the paths', () => {
    const tree = {
      'packages/b/src/a.ts': '',
      'packages/a/test/a.test.ts': '',
      'apps/console/src/a.ts': '',
      'tests/system/a.ts': '',
      'tools/a.ts': '',
      'bench/a.ts': '',
      'examples/a.ts': '',
    }
    const paths = withTree(tree, (root) => readSourceTree(root).map(({ path }) => path))
    assert.deepEqual(paths, Object.keys(tree).toSorted())
  })

  it('leaves out what is generated, foreign, hidden or not TypeScript', () => {
    const tree = {
      'packages/a/dist/a.ts': '',
      'packages/a/node_modules/b/a.ts': '',
      'packages/a/.cache/a.ts': '',
      'packages/a/src/a.d.ts': '',
      'packages/a/bin/a.js': '',
      'docs/a.ts': '',
      'a.ts': '',
    }
    assert.deepEqual(withTree(tree, readSourceTree), [])
  })

  it('keeps comments apart from code', () => {
    const [file] = withTree({ 'tools/a.ts': '// why\na()\n' }, readSourceTree)
    assert.deepEqual(
      file?.tokens.map(({ text }) => text),
      ['// why', 'a', '(', ')'],
    )
    assert.deepEqual(
      file?.code.map(({ text }) => text),
      ['a', '(', ')'],
    )
    assert.deepEqual(file?.lines, ['// why', 'a()', ''])
  })
})
