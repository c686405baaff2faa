import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { requirements } from '../requirements.ts'
import { type FixtureTree, withTree } from './fixture-tree.ts'

const page = `# Requirements

| id | requirement | state |
|---|---|---|
| T3 | one retry, see C9 | done |

| id | requirement | state |
|---|---|---|
| C6 | after a 401 | part: C11 |
| C7 | errors | not yet |
| C10 | redaction | done |
`

const known: FixtureTree = {
  'docs/requirements.md': page,
  'packages/a/test/one.test.ts': `it('does it [C6]', a)\nit(\`does that [C7, T3] [C6]\`, b)\n`,
  'packages/a/test/three.test.ts': `// [C8]\nconst pattern = /[C9]/\nconst other = { field: 'C10' }\n`,
  'packages/a/src/four.ts': `const text = '[C11]'\n`,
  'tests/system/two.test.ts': `behaviour('it', { requirement: 'C6' }, c)\n`,
  'tools/test/five.test.ts': `const tree = { path: "it('cites [Z1]', d)" }\n`,
}

const unknown: FixtureTree = {
  ...known,
  'packages/a/test/six.test.ts': `it('cites [C6]', a)\nit('cites others [C9, C10, Z1]', b)\n`,
  'tests/system/seven.test.ts': `behaviour('it', { requirement: 'C66' }, c)\n`,
}

describe('requirements', () => {
  it('lists every row of the page, in its order, with the tests whose titles or fields cite it', () => {
    const { citations, findings } = withTree(known, requirements)
    assert.deepEqual(citations, [
      { requirement: 'T3', paths: ['packages/a/test/one.test.ts'] },
      { requirement: 'C6', paths: ['packages/a/test/one.test.ts', 'tests/system/two.test.ts'] },
      { requirement: 'C7', paths: ['packages/a/test/one.test.ts'] },
      { requirement: 'C10', paths: [] },
    ])
    assert.deepEqual(findings, [])
  })

  it('finds every citation of what is not a row of the page', () => {
    const { citations, findings } = withTree(unknown, requirements)
    assert.deepEqual(
      findings.map(({ path, line, rule, message }) => `${path}:${line} ${rule} ${message}`),
      [
        finding('packages/a/test/six.test.ts:2', 'C9'),
        finding('packages/a/test/six.test.ts:2', 'Z1'),
        finding('tests/system/seven.test.ts:1', 'C66'),
      ],
    )
    const { paths } = citations.find(({ requirement }) => requirement === 'C10') ?? {}
    assert.deepEqual(paths, ['packages/a/test/six.test.ts'])
  })
})

function finding(place: string, requirement: string): string {
  const message = `"${requirement}" is not in docs/requirements.md: cite one that is, or add it there`
  return `${place} requirement ${message}`
}
