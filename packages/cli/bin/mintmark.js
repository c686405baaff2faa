#!/usr/bin/env node
/**
 * Starts the command line on a Node that can run it, and does nothing else.
 *
 *  1. The running Node is new enough: the program runs in this process. Inside the workspace that
 *     means the TypeScript sources, with the `source` condition added by a resolve hook; in a
 *     published package, `dist`.
 *  2. It is too old, and the `node` package is installed next to us: that Node runs this file
 *     again, with the same streams. Signals go through, and so does the way it ends.
 *  3. Otherwise one line says which Node is needed.
 *
 * Plain JavaScript without recent syntax, because an old Node must get as far as rule 2 or 3.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const nodeMajorMin = 24
/**
 * What this process is called when this file started it, so that it is not started over and over.
 */
const relaunchedName = 'mintmark'
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

const [nodeMajor] = process.versions.node.split('.').map(Number)

if (nodeMajor >= nodeMajorMin) runHere()
else runOnInstalledNode()

function runHere() {
  keepCompiledCode()
  const packages = workspacePackages()
  if (packages === undefined || packages.every(isBuilt)) return import('../dist/main.js')
  module.registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, { ...context, conditions: ['source', ...context.conditions] }),
  })
  return import('../src/main.ts')
}

/** The folders of all packages of the workspace that this file is in; `undefined` in a published package. */
function workspacePackages() {
  const here = dirname(dirname(fileURLToPath(import.meta.url)))
  if (/[\\/]node_modules[\\/]/.test(here) || !existsSync(join(here, 'src'))) return undefined
  const folder = dirname(here)
  return readdirSync(folder).map((name) => join(folder, name))
}

/** Whether compiler and bundler have run since the last change of the package's sources. */
function isBuilt(folder) {
  const builtAtMs = Math.min(
    existsSync(join(folder, 'dist')) ? changedAtMs(join(folder, 'tsconfig.tsbuildinfo')) : 0,
    isBundled(folder) ? changedAtMs(join(folder, 'bundle', 'index.js')) : Infinity,
  )
  const sources = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
  return sources
    .filter((entry) => entry.isFile())
    .every((entry) => changedAtMs(join(entry.parentPath, entry.name)) <= builtAtMs)
}

/** 0 for what is not there. */
function changedAtMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Whether others load the package from `bundle/`. */
function isBundled(folder) {
  return readFileSync(join(folder, 'package.json'), 'utf8').includes('"./bundle/')
}

/**
 * Lets Node keep compiled code between runs, which halves the time to start. Kept beside the
 * packages and not in the default place below the system's temporary folder: whoever can write
 * there first could have us run their code. Where this folder cannot be written, nothing is kept
 * and nothing else changes.
 */
function keepCompiledCode() {
  const dependency = module.createRequire(import.meta.url).resolve('commander')
  module.enableCompileCache(join(dirname(dirname(dependency)), '.cache', 'mintmark'))
}

function runOnInstalledNode() {
  const binary = process.argv0 === relaunchedName ? undefined : installedNode()
  if (binary === undefined) {
    process.stderr.write(
      `mintmark: Node ${nodeMajorMin} or newer is needed and this is ${process.version}; ` +
        'install a newer Node, or the npm package `node` next to mintmark\n',
    )
    process.exitCode = 1
    return
  }
  const child = spawn(binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    argv0: relaunchedName,
    stdio: 'inherit',
  })
  for (const signal of forwardedSignals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`mintmark: the installed Node does not start (${error.code})\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const forwarded of forwardedSignals) process.removeAllListeners(forwarded)
    process.kill(process.pid, signal)
  })
}

/** The binary of the `node` package, looked up from this file's folder towards the root. */
function installedNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  try {
    return module.createRequire(import.meta.url).resolve(`node/bin/${name}`)
  } catch {
    return undefined
  }
}
