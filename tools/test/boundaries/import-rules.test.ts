import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { boundaries } from '../../boundaries.ts'
import { withTree } from '../fixture-tree.ts'
import { ruleSuite } from '../rule-suite.ts'
import { folders, nameOf, workspace } from './workspace.ts'

/** The design's table, written a second time: importer and what it may import. */
const edges: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  protocol: [],
  jwt: ['runtime', 'protocol'],
  limits: ['runtime'],
  client: ['runtime', 'protocol', 'jwt'],
  'resource-server': ['runtime', 'protocol', 'jwt', 'limits'],
  'authorization-server': ['runtime', 'protocol', 'jwt', 'limits'],
  'admin-api': ['runtime', 'protocol', 'jwt', 'resource-server', 'authorization-server'],
  testkit: folders.filter((folder) => folder !== 'testkit'),
  cli: folders.filter((folder) => folder !== 'cli'),
}

const portable = ['runtime', 'protocol', 'jwt', 'limits', 'client', 'resource-server']

describe('edges between packages', () => {
  for (const importer of folders) {
    for (const target of folders) {
      const allowed = edges[importer]?.includes(target) === true
      it(`${allowed ? 'allows' : 'finds'} an import of ${target} in ${importer}`, () => {
        const path = `packages/${importer}/src/a.ts`
        const found = withTree(
          workspace({ [path]: `import type { A } from '${nameOf(target)}'\n` }),
          boundaries,
        )
        const expected = allowed ? [] : [`edge ${path}:1`]
        assert.deepEqual(
          found.map((finding) => `${finding.rule} ${finding.path}:${finding.line}`),
          expected,
        )
      })
    }
  }
})

const introspectedToken = 'packages/resource-server/src/validators/introspected-token.ts'

ruleSuite('imports', boundaries, [
  {
    title: 'the client in a file of the resource server that does not introspect',
    rule: 'edge',
    broken: workspace({ 'packages/resource-server/src/a.ts': `import '@mintmark/client'\n` }),
    at: ['packages/resource-server/src/a.ts:1'],
    corrected: workspace({ [introspectedToken]: `import '@mintmark/client'\n` }),
  },
  {
    title: 'a path into another package that is no entry point',
    rule: 'entry-point',
    broken: workspace({
      'packages/client/src/a.ts': `import '@mintmark/jwt/src/sign.ts'\n`,
      'packages/client/test/a.test.ts': `import '@mintmark/testkit/the.ts'\n`,
      'tests/system/a.ts': `export { a } from 'mintmark/src/main.ts'\n`,
    }),
    at: ['packages/client/src/a.ts:1', 'packages/client/test/a.test.ts:1', 'tests/system/a.ts:1'],
    corrected: workspace({
      'packages/client/src/a.ts': `import '@mintmark/jwt/extra'\n`,
      'packages/client/test/a.test.ts': `import '@mintmark/testkit'\n`,
      'tests/system/a.ts': `export { a } from 'mintmark/extra'\n`,
    }),
  },
  {
    title: 'a relative path out of a package, and into one',
    rule: 'unit',
    broken: workspace({
      'packages/client/src/a.ts': `\nimport '../../jwt/src/sign.ts'\n`,
      'packages/client/test/a.test.ts': `import '../../../tools/tokens.ts'\n`,
      'bench/a.ts': `import '../packages/client/src/a.ts'\n`,
    }),
    at: ['bench/a.ts:1', 'packages/client/src/a.ts:2', 'packages/client/test/a.test.ts:1'],
    corrected: workspace({
      'packages/client/test/deep/a.test.ts': `import '../../src/a.ts'\nimport '../b.ts'\n`,
      'tests/system/a.ts': `import '../conformance/a.ts'\n`,
      'bench/a.ts': `import './b.ts'\nimport '@mintmark/client'\n`,
    }),
  },
  {
    title: 'a workspace package that the manifest does not declare',
    rule: 'undeclared',
    broken: {
      ...workspace({ 'packages/jwt/src/a.ts': `import '@mintmark/protocol'\n` }),
      'packages/jwt/package.json': JSON.stringify({ name: '@mintmark/jwt', exports: {} }),
    },
    at: ['packages/jwt/src/a.ts:1'],
    corrected: workspace({ 'packages/jwt/src/a.ts': `import '@mintmark/protocol'\n` }),
  },
  {
    title: "somebody else's package that the manifest does not declare",
    rule: 'undeclared',
    broken: workspace({ 'packages/cli/src/a.ts': `import 'commander'\n` }, { cli: 'comman' }),
    at: ['packages/cli/src/a.ts:1'],
    corrected: workspace(
      {
        'packages/cli/src/a.ts': `import 'commander'\nimport 'commander/esm.mjs'\n`,
        'packages/cli/test/a.test.ts': `import 'fast-check'\n`,
      },
      { cli: 'commander' },
    ),
  },
  ...portable.map((folder) => ({
    title: `somebody else's package in ${folder}`,
    rule: 'dependency',
    broken: workspace({ [`packages/${folder}/src/a.ts`]: `import { A } from 'ioredis'\n` }),
    at: [`packages/${folder}/src/a.ts:1`],
    corrected: workspace({
      [`packages/${folder}/src/a.ts`]: `import type { A } from 'ioredis'\n`,
      [`packages/${folder}/test/a.test.ts`]: `import 'jose'\nimport 'node:fs'\n`,
    }),
  })),
  ...[...portable, 'testkit'].map((folder) => ({
    title: `modules of Node in ${folder}, under either name and erased or not`,
    rule: 'node',
    broken: workspace({
      [`packages/${folder}/src/a.ts`]: `import 'node:fs'\nimport 'crypto'\nimport type { A } from 'node:http'\n`,
    }),
    at: [1, 2, 3].map((line) => `packages/${folder}/src/a.ts:${line}`),
    corrected: workspace({
      'packages/testkit/src/loopback-server.ts': `import 'node:http'\n`,
      'packages/authorization-server/src/a.ts': `import 'node:crypto'\n`,
      'packages/cli/src/a.ts': `import 'node:fs'\n`,
    }),
  })),
  {
    title: 'more than the types of Node in the adapter for Node',
    rule: 'node',
    broken: workspace({ 'packages/resource-server/src/adapters/node.ts': `import 'node:http'\n` }),
    at: ['packages/resource-server/src/adapters/node.ts:1'],
    corrected: workspace({
      'packages/resource-server/src/adapters/node.ts': `import type { A } from 'node:http'\n`,
    }),
  },
])
