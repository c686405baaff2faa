import { tidy } from '../../tidy.ts'
import { ruleSuite } from '../rule-suite.ts'

ruleSuite('file names', tidy, [
  ...['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'misc', 'types'].map((drawer) => ({
    title: `a file and a folder named ${drawer}`,
    rule: 'file-name',
    broken: {
      [`tools/${drawer}.ts`]: 'a()\n',
      [`tools/test/${drawer}.test.ts`]: 'a()\n',
      [`tools/${drawer}/scope.ts`]: 'a()\n',
    },
    at: [
      `tools/${drawer}.ts:1`,
      `tools/${drawer}/scope.ts:1`,
      `tools/test/${drawer}.test.ts:1`,
    ].toSorted(),
    corrected: { 'tools/scope.ts': 'a()\n', [`tools/${drawer}-of-scopes.ts`]: 'a()\n' },
  })),
])
