/** `bin/mintmark.js` on Nodes old and new. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { launcher, workingFolder } from './mintmark-process.ts'

describe('the launcher', () => {
  /** Makes the launcher believe it runs on an old Node. The process it starts knows better. */
  const onOldNode = [
    '--import',
    'data:text/javascript,' +
      encodeURIComponent(
        'const versions = { ...process.versions, node: "20.19.0" };' +
          'Object.defineProperty(process, "versions", { value: versions });' +
          'Object.defineProperty(process, "version", { value: "v20.19.0" });',
      ),
  ]

  it('starts through a symbolic link, as npm makes one', async (t) => {
    const folder = workingFolder(t)
    const program = join(folder.path, 'mintmark')
    symlinkSync(launcher, program)
    const { exitCode, output } = await folder.run(['--version'], { program })
    assert.equal(exitCode, 0)
    assert.match(output, /^\d+\.\d+\.\d+\n$/)
  })

  it('runs on the installed Node when its own is too old', async (t) => {
    const folder = workingFolder(t)
    const script = { nodeArguments: onOldNode }
    const version = await folder.run(['--version'], script)
    assert.deepEqual([version.exitCode, version.notices], [0, ''])
    const failing = await folder.run(['client', 'list'], script)
    assert.equal(failing.exitCode, 1)
    const piped = await folder.run(['inspect'], { ...script, input: 'e30.e30.AAAA' })
    assert.equal(piped.exitCode, 0)
    assert.match(piped.output, /^signature not checked/)
  })

  it('passes signals on to the Node it started', async (t) => {
    const server = await workingFolder(t).serve([], { nodeArguments: onOldNode })
    const { exitCode, signal } = await server.stop()
    assert.deepEqual([exitCode, signal], [0, null])
    await assert.rejects(fetch(server.origin))
  })

  it('says which Node is needed when there is none', async (t) => {
    const folder = workingFolder(t)
    const program = join(folder.path, 'mintmark.mjs')
    copyFileSync(launcher, program)
    const { exitCode, notices } = await folder.run([], { program, nodeArguments: onOldNode })
    assert.equal(exitCode, 1)
    assert.match(notices, /^mintmark: Node 24 or newer is needed and this is v20\.19\.0;[^\n]*\n$/)
  })

  for (const [title, state, expected] of [
    ['runs what was built when it is newer than every source', 'fresh', 'built\n'],
    ['runs the sources when one is newer than the build', 'stale', 'source\n'],
    ['runs the sources when one is newer than its bundle', 'unbundled', 'source\n'],
    ['runs the sources when nothing was built', 'none', 'source\n'],
  ] as const) {
    it(title, async (t) => {
      const folder = workingFolder(t)
      const program = tinyWorkspace(folder.path, state)
      const { output } = await folder.run([], { program })
      assert.equal(output, expected)
    })
  }
})

/** A workspace of two packages around a copy of the launcher; which of its main files runs tells what was chosen. */
function tinyWorkspace(root: string, build: 'fresh' | 'unbundled' | 'stale' | 'none'): string {
  const write = (path: string, text: string, ageSeconds: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    const changed = Date.now() / 1000 - ageSeconds
    utimesSync(join(root, path), changed, changed)
  }
  write('package.json', '{"type":"module"}', 0)
  write('node_modules/commander/index.js', '', 0)
  write('packages/cli/package.json', '{"type":"module"}', 0)
  write('packages/other/package.json', '{"exports":"./bundle/index.js"}', 0)
  write('packages/cli/src/main.ts', "console.log('source' as string)", 100)
  write('packages/other/src/deep/part.ts', '', build === 'stale' ? 10 : 100)
  if (build !== 'none') {
    write('packages/cli/dist/main.js', "console.log('built')", 50)
    write('packages/cli/tsconfig.tsbuildinfo', '', 50)
    write('packages/other/dist/index.js', '', 50)
    write('packages/other/tsconfig.tsbuildinfo', '', 50)
    write('packages/other/bundle/index.js', '', build === 'unbundled' ? 200 : 50)
  }
  const program = join(root, 'packages/cli/bin/mintmark.js')
  mkdirSync(dirname(program), { recursive: true })
  copyFileSync(launcher, program)
  return program
}
