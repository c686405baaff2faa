import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { citations } from '../requirements.ts'
import { withTree } from './fixture-tree.ts'

const tree = {
  'packages/a/test/one.test.ts': `it('does it [C6]', a)\nit(\`does that [C7, T3]\`, b)\n`,
  'tests/system/two.test.ts': `behaviour('it', { requirement: 'C6' }, c)\nit('nothing [Z1]', d)\n`,
  'packages/a/test/three.test.ts': `// [C8]\nconst pattern = /[C9]/\nconst other = { field: 'C10' }\n`,
  'packages/a/src/four.ts': `const text = '[C11]'\n`,
}

describe('citations', () => {
  it('lists every requirement with the tests whose titles or fields cite it', () => {
    const rows = withTree(tree, citations)
    assert.equal(rows.length, 58)
    assert.deepEqual(
      rows.filter(({ paths }) => paths.length > 0),
      [
        { requirement: 'T3', paths: ['packages/a/test/one.test.ts'] },
        { requirement: 'C6', paths: ['packages/a/test/one.test.ts', 'tests/system/two.test.ts'] },
        { requirement: 'C7', paths: ['packages/a/test/one.test.ts'] },
      ],
    )
  })
})
