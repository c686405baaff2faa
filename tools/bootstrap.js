/**
 * First steps on a fresh clone, in plain JavaScript for whatever Node is on the machine: installs what the lock file
 * names when that has not been done, then runs the given task on the workspace's own Node.
 *
 * Usage: node tools/bootstrap.js start [arguments of `mintmark demo`]
 *        node tools/bootstrap.js test [files]
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const node = join(root, 'node_modules/node/bin/node')

const tasks = {
  start: ['packages/cli/bin/mintmark.js', 'demo'],
  test: ['--conditions=source', 'tools/check.ts'],
}

function main([name, ...more]) {
  const task = tasks[name]
  if (task === undefined) {
    console.error(`bootstrap: unknown task, use one of ${Object.keys(tasks).join(', ')}`)
    return 2
  }
  if (!isInstalled() && !install()) return 1
  return run([...task, ...more])
}

/** npm leaves a copy of the lock file in node_modules: every version that is not optional must be in it. */
function isInstalled() {
  const copy = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(copy) || !existsSync(node)) return false
  const installed = lockedPackages(copy)
  return lockedPackages(join(root, 'package-lock.json')).every(
    ([path, { optional, version }]) => optional || version === versionAt(installed, path),
  )
}

/** Only what npm puts into node_modules; the workspaces themselves are just there. */
function lockedPackages(path) {
  const { packages } = JSON.parse(readFileSync(path, 'utf8'))
  return Object.entries(packages).filter(([name]) => name.startsWith('node_modules/'))
}

function versionAt(packages, path) {
  return packages.find(([name]) => name === path)?.[1].version
}

function install() {
  console.error('mintmark: installing dependencies (once) ...')
  const npm = process.env.npm_execpath
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']]
  const result = spawnSync(command, [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (result.status === 0) return true
  console.error('mintmark: "npm ci" failed; run it by hand to see why')
  return false
}

/** Runs the workspace's Node and ends as it ends. Signals from a terminal reach the whole group by themselves. */
function run(args) {
  const child = spawn(node, args, { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128)
  })
  return undefined
}

process.exitCode = main(process.argv.slice(2))
