import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { publicApi } from '../public-api.ts'
import { type FixtureTree, withTree } from './fixture-tree.ts'

const none = new Set<string>()
const write = new Set(['write'])
const surfaceFile = 'packages/a/public-api.txt'

const built: FixtureTree = {
  'packages/a/package.json': JSON.stringify({
    name: '@mintmark/a',
    exports: {
      '.': { types: './dist/index.d.ts' },
      './extra': { types: './dist/extra.d.ts' },
      './package.json': './package.json',
    },
  }),
  'packages/a/dist/index.d.ts': `export { type B, c, d as renamed } from './b.js';\nexport * from './extra.js';\n`,
  'packages/a/dist/b.d.ts': [
    `import type { X } from './x.js';`,
    '/** Words about B; and { braces }. */',
    'export interface B {',
    '    /** Words. */',
    '    readonly e: string;',
    '    f(): Promise<{',
    '        g: X;',
    '    }>;',
    '}',
    'export declare function c(a: string): void;',
    'export declare function c(a: number): void;',
    'export declare const d: Readonly<{ h: 1; }>;',
    'export declare const hidden: 1;',
    '',
  ].join('\n'),
  'packages/a/dist/extra.d.ts': 'export declare class Extra {\n    #private;\n    i(): void;\n}\n',
}

const surface = `# @mintmark/a

interface B {
    readonly e: string;
    f(): Promise<{
        g: X;
    }>;
}
class Extra {
    i(): void;
}
function c(a: string): void
function c(a: number): void
const d: Readonly<{ h: 1; }>

# @mintmark/a/extra

class Extra {
    i(): void;
}
`

describe('publicApi', () => {
  it('writes what each entry point exports, without comments and in the order of the names', () => {
    const written = withTree(built, (root) => {
      assert.deepEqual(publicApi(root, write), [])
      return readFileSync(join(root, surfaceFile), 'utf8')
    })
    assert.equal(written, surface)
  })

  it('finds nothing when the file tells the surface as it is', () => {
    const tree = { ...built, [surfaceFile]: surface }
    assert.deepEqual(
      withTree(tree, (root) => publicApi(root, none)),
      [],
    )
  })

  const stale: readonly (readonly [title: string, text: string, line: number])[] = [
    ['has another signature', surface.replace('a: number', 'a: bigint'), 13],
    ['misses a name', surface.replace('const d: Readonly<{ h: 1; }>\n', ''), 14],
    ['tells a name that is gone', `${surface}const gone: 1\n`, 21],
    ['is empty', '', 1],
  ]
  for (const [title, text, line] of stale) {
    it(`finds the first line that differs when the file ${title}`, () => {
      const tree = { ...built, [surfaceFile]: text }
      const findings = withTree(tree, (root) => publicApi(root, none))
      assert.deepEqual(
        findings.map((finding) => `${finding.path}:${finding.line}`),
        [`${surfaceFile}:${line}`],
      )
    })
  }

  it('names the package of what comes from another one, whose surface tells what it is', () => {
    const index = "export { type B as C, d } from '@mintmark/b';\n"
    const written = withTree({ ...built, 'packages/a/dist/index.d.ts': index }, (root) => {
      assert.deepEqual(publicApi(root, write), [])
      return readFileSync(join(root, surfaceFile), 'utf8')
    })
    assert.match(written, /^export \{ B as C \} from '@mintmark\/b'$/m)
    assert.match(written, /^export \{ d \} from '@mintmark\/b'$/m)
  })

  it('asks for a build when a declaration file is missing', () => {
    const { 'packages/a/dist/extra.d.ts': _, ...unbuilt } = built
    const [finding] = withTree(unbuilt, (root) => publicApi(root, write))
    assert.match(finding?.message ?? '', /extra\.d\.ts is missing: build first/)
  })
})
