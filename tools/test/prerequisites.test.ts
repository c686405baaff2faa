import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Machine, planTests } from '../prerequisites.ts'

const table = [{ command: 'server', debianPackage: 'a-server', mark: /\bstartServer\(/ }]

/** A machine that has certain files, and maybe the program, or a way to get it. */
function machine({ has = false, canInstall = false } = {}): Machine & { installed: string[] } {
  const installed: string[] = []
  const sources: Readonly<Record<string, string>> = {
    'tests/plain.test.ts': "import { startClient } from './client.ts'\nstartClient()",
    'tests/client.ts': "import { x } from '../packages/a/src/index.ts'",
    'packages/a/src/index.ts': 'export const server = startServer()',
    'tests/direct.test.ts': 'const server = await startServer()',
    'tests/indirect.test.ts': "import { world } from './world.ts'",
    'tests/world.ts': "import type { Y } from './indirect.test.ts'\nstartServer()",
  }
  return {
    installed,
    has: () => has || (canInstall && installed.length > 0),
    install: (names) => installed.push(...names),
    read: (path) => sources[path],
  }
}

const plain = 'tests/plain.test.ts'
const files = [plain, 'tests/direct.test.ts', 'tests/indirect.test.ts']

test('runs everything where nothing is missing, and installs nothing', () => {
  const here = machine({ has: true })
  assert.deepEqual(planTests(files, here, table), { files, skipped: [] })
  assert.deepEqual(here.installed, [])
})

test('installs what tests need, and runs them then', () => {
  const here = machine({ canInstall: true })
  assert.deepEqual(planTests(files, here, table), { files, skipped: [] })
  assert.deepEqual(here.installed, ['a-server'])
})

test('installs nothing for tests that do not need it', () => {
  const here = machine()
  assert.deepEqual(planTests([plain], here, table), { files: [plain], skipped: [] })
  assert.deepEqual(here.installed, [])
})

test('leaves out by name what cannot run, also when it is a file it imports that needs it', () => {
  const { files: left, skipped } = planTests(files, machine(), table)
  assert.deepEqual(left, [plain])
  assert.deepEqual(skipped, [
    { file: 'tests/direct.test.ts', wants: 'server' },
    { file: 'tests/indirect.test.ts', wants: 'server' },
  ])
})
