import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { commandFolders, type Machine, planTests, prerequisites } from '../prerequisites.ts'

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

test('looks for servers outside the search path too, in every version of PostgreSQL that is there', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-programs-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const searchPath = ['/usr/bin', '/opt/bin'].join(delimiter)
  const usual = ['/usr/bin', '/opt/bin', '/usr/sbin']
  assert.deepEqual(commandFolders(searchPath, join(folder, 'none')), usual)
  mkdirSync(join(folder, '15'))
  mkdirSync(join(folder, '17'))
  const versions = ['15', '17'].map((version) => join(folder, version, 'bin'))
  assert.deepEqual(commandFolders(searchPath, folder), [...usual, ...versions])
})

test('tells from a test what it starts', () => {
  const starts = {
    'await startRedisCluster()': ['redis-server'],
    'startPostgresServer({ isSynced: true })': ['postgres', 'ps'],
    'await startNginx(configuration)': ['nginx'],
    'await startCaddy(configuration)': ['caddy'],
    'await startChromium()': ['chromium'],
    "runCurl('--version')": ['curl'],
    'startLoopbackServer()': [],
  }
  for (const [text, commands] of Object.entries(starts)) {
    const needed = prerequisites.filter(({ mark }) => mark.test(text))
    const names = needed.map(({ command }) => command)
    assert.deepEqual(names, commands, text)
  }
})

test('installs everything that is missing with one order', () => {
  const tables = [
    { command: 'server', debianPackage: 'a-server', mark: /\bstartServer\(/ },
    { command: 'client', debianPackage: 'a-client', mark: /\bstartClient\(/ },
  ]
  const orders: (readonly string[])[] = []
  const here = { ...machine(), install: (names: readonly string[]) => void orders.push(names) }
  planTests(files, here, tables)
  assert.deepEqual(orders, [['a-server', 'a-client']])
})
