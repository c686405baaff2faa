/**
 * The unit tests of the portable packages as one plain file, with the sources they test in it: Node 20 cannot read
 * TypeScript. As one file they also take a fifth of the time.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '../..')

/** What needs files beside it: programs, a README. Others need libraries that have given up old Nodes. */
const elsewhere = ['**/processes/**', '**/readme.test.ts', '**/adapters/**', '**/interop/**']

/** Writes the file and gives its path: below the workspace, where the libraries are that tests compare with. */
export async function bundleUnitTests(): Promise<string> {
  const outfile = join(import.meta.dirname, 'node_modules/.unit-tests/all.js')
  const files = globSync('packages/{client,jwt,limits,protocol,runtime}/test/**/*.test.ts', {
    cwd: root,
    exclude: elsewhere,
  })
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  await build({
    stdin: { contents: files.map((file) => `import './${file}'`).join('\n'), resolveDir: root },
    ...{ outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' },
    ...{ conditions: ['source'], logLevel: 'error', ignoreAnnotations: true },
    external: Object.keys(manifest.devDependencies),
  })
  return outfile
}
