import { tidy } from '../../tidy.ts'
import { ruleSuite } from '../rule-suite.ts'

const header = '/** What the file is for. */\n'
const path = 'packages/client/src/a.ts'

const declarations = [
  'function a() {}',
  'async function a() {}',
  'const a = 1',
  'let a = 1',
  'class A {}',
  'abstract class A {}',
  'interface A {}',
  'type A = B',
  'default function a() {}',
  'declare const a: B',
]

ruleSuite('documentation', tidy, [
  {
    title: 'a source file that opens with code',
    rule: 'file-comment',
    broken: { [path]: `import './b.ts'\n${header}` },
    at: [`${path}:1`],
    corrected: {
      [path]: `${header}import './b.ts'\n`,
      'packages/client/src/b.ts': '#!/usr/bin/env node\n// What the file is for.\na()\n',
      'packages/client/src/index.ts': `export { a } from './a.ts'\n`,
      'packages/client/test/a.test.ts': 'a()\n',
      'tools/a.ts': 'a()\n',
    },
  },
  ...declarations.map((declaration) => ({
    title: `"export ${declaration}" without TSDoc`,
    rule: 'tsdoc',
    broken: { [path]: `${header}\nexport ${declaration}\n` },
    at: [`${path}:3`],
    corrected: { [path]: `${header}\n/** What it promises. */\nexport ${declaration}\n` },
  })),
  {
    title: 'TSDoc that is no TSDoc or stands elsewhere',
    rule: 'tsdoc',
    broken: {
      [path]: `${header}\n// Plain.\nexport const a = 1\n\n/** Apart. */\n\nexport const b = 2\n`,
    },
    at: [`${path}:4`, `${path}:8`],
    corrected: { [path]: `${header}\n/** Near.\n * @returns 1\n */\nexport const a = () => 1\n` },
  },
  {
    title: 'a constant that does not follow its group directly',
    rule: 'tsdoc',
    broken: { [path]: `${header}\n/** Bounds. */\nexport const a = 1\n\nexport const b = 2\n` },
    at: [`${path}:6`],
    corrected: {
      [path]: `${header}\n/** Bounds. */\nexport const a = 1\nexport const b = 2\nexport const c = 3\n`,
    },
  },
  {
    title: 'a function that comes directly after a documented constant',
    rule: 'tsdoc',
    broken: { [path]: `${header}\n/** Bound. */\nexport const a = 1\nexport function b() {}\n` },
    at: [`${path}:5`],
    corrected: {
      [path]: [
        `${header}`,
        '/** One. */',
        'export function a(): 1',
        'export function a(b: C): 2',
        'const d = 3',
        'export { d }',
        `export type { E } from './e.ts'`,
      ].join('\n'),
    },
  },
])
