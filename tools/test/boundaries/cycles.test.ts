import { boundaries } from '../../boundaries.ts'
import { ruleSuite } from '../rule-suite.ts'

ruleSuite('cycles', boundaries, [
  {
    title: 'two files that import each other',
    rule: 'cycle',
    broken: {
      'packages/client/src/a.ts': `import './b.ts'\n`,
      'packages/client/src/b.ts': `\nimport './a.ts'\n`,
    },
    at: ['packages/client/src/b.ts:2'],
    corrected: {
      'packages/client/src/a.ts': `import './b.ts'\nimport './c.ts'\n`,
      'packages/client/src/b.ts': `import './c.ts'\n`,
      'packages/client/src/c.ts': '',
    },
  },
  {
    title: 'a cycle of types through folders and an index',
    rule: 'cycle',
    broken: {
      'packages/client/src/index.ts': `export { a } from './deep/a.ts'\n`,
      'packages/client/src/deep/a.ts': `import type { B } from '../b.ts'\n`,
      'packages/client/src/b.ts': `import type { A } from './index.ts'\n`,
    },
    at: ['packages/client/src/deep/a.ts:1'],
    corrected: {
      'packages/client/src/index.ts': `export { a } from './deep/a.ts'\n`,
      'packages/client/src/deep/a.ts': `import type { B } from '../b.ts'\n`,
      'packages/client/src/b.ts': '',
    },
  },
  {
    title: 'a file that imports itself',
    rule: 'cycle',
    broken: { 'tools/a.ts': `import './a.ts'\n` },
    at: ['tools/a.ts:1'],
    corrected: { 'tools/a.ts': `import './missing.ts'\nimport 'a.ts'\n` },
  },
])
