/**
 * Programs that some system tests start and that npm does not bring. They are installed from Debian when that is
 * possible; otherwise the tests that need them are left out by name, and with `CI=true` that is a failure.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** A program, where it comes from, and how to tell that a test needs it. */
export interface Prerequisite {
  readonly command: string
  /** The Debian package that has it. */
  readonly debianPackage: string
  /** What a test says that starts it, in its own file or in one of the tests' files that it imports. */
  readonly mark: RegExp
}

/** All of them. */
export const prerequisites: readonly Prerequisite[] = [
  {
    command: 'redis-server',
    debianPackage: 'redis-server',
    mark: /\bstartRedis(Server|Cluster|Sentinel)\(/,
  },
  { command: 'postgres', debianPackage: 'postgresql', mark: /\bstartPostgresServer\(/ },
  { command: 'ps', debianPackage: 'procps', mark: /\b(startPostgresServer|childrenOf)\(/ },
  { command: 'nginx', debianPackage: 'nginx', mark: /\bstartNginx\(/ },
  { command: 'caddy', debianPackage: 'caddy', mark: /\bstartCaddy\(/ },
  { command: 'chromium', debianPackage: 'chromium', mark: /\bstartChromium\(/ },
  { command: 'curl', debianPackage: 'curl', mark: /\brunCurl\(/ },
]

/** What is asked of the machine. */
export interface Machine {
  has(command: string): boolean
  /** Tries to install; says nothing about the outcome. */
  install(debianPackages: readonly string[]): void
  /** The text of a source file, `undefined` when there is none. */
  read(path: string): string | undefined
}

/** Which tests can run, and which cannot for want of what. */
export interface TestPlan {
  readonly files: readonly string[]
  readonly skipped: readonly { readonly file: string; readonly wants: string }[]
}

/** Sorts test files by whether the machine has what they need, after installing what was missing. */
export function planTests(
  files: readonly string[],
  machine: Machine,
  table: readonly Prerequisite[] = prerequisites,
): TestPlan {
  const needs = new Map(files.map((file) => [file, needsOf(file, machine, table)]))
  const wanted = table.filter((each) => [...needs.values()].some((list) => list.includes(each)))
  const missing = wanted.filter(({ command }) => !machine.has(command))
  if (missing.length > 0) machine.install(missing.map(({ debianPackage }) => debianPackage))
  const still = missing.filter(({ command }) => !machine.has(command))
  const skipped = files.flatMap((file) => {
    const want = needs.get(file)?.find((need) => still.includes(need))
    return want === undefined ? [] : [{ file, wants: want.command }]
  })
  const left = new Set(skipped.map(({ file }) => file))
  return { files: files.filter((file) => !left.has(file)), skipped }
}

function needsOf(
  file: string,
  machine: Machine,
  table: readonly Prerequisite[],
): readonly Prerequisite[] {
  const texts = [...testSources(file, machine, new Set())]
  return table.filter(({ mark }) => texts.some((text) => mark.test(text)))
}

const RELATIVE_IMPORT = /\bfrom '(\.{1,2}\/[^']+)'/g

/** The text of a test file and of what it imports from among the tests' own files. */
function* testSources(path: string, machine: Machine, seen: Set<string>): Iterable<string> {
  if (seen.has(path) || path.includes('/src/')) return
  seen.add(path)
  const text = machine.read(path)
  if (text === undefined) return
  yield text
  for (const [, specifier = ''] of text.matchAll(RELATIVE_IMPORT)) {
    yield* testSources(join(dirname(path), specifier), machine, seen)
  }
}

const SYSTEM_FOLDER = '/usr/sbin'
const POSTGRES_FOLDER = '/usr/lib/postgresql'

/**
 * The folders where commands are: the search path, and where Debian puts servers, which the search path of most people
 * leaves out. PostgreSQL has one folder for each of its versions.
 */
export function commandFolders(searchPath: string, postgresFolder = POSTGRES_FOLDER): string[] {
  const versions = existsSync(postgresFolder) ? readdirSync(postgresFolder) : []
  const servers = versions.map((version) => join(postgresFolder, version, 'bin'))
  return [...searchPath.split(delimiter), SYSTEM_FOLDER, ...servers]
}

/** This machine, with the sources below `root`. Installs only as root, and only where there is `apt-get`. */
export function thisMachine(root: string): Machine {
  const has = (command: string): boolean =>
    // Read every time: an installation adds folders.
    commandFolders(process.env.PATH ?? '').some((folder) => existsSync(join(folder, command)))
  return {
    has,
    install: (debianPackages) => {
      if (process.getuid?.() === 0 && has('apt-get')) installQuietly(debianPackages)
    },
    read: (path) => {
      const file = join(root, path)
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined
    },
  }
}

const SERVICE_POLICY = '/usr/sbin/policy-rc.d'
const APT_MINUTES_MAX = 5

/** Without starting the services that come with the packages: the tests start their own. */
function installQuietly(debianPackages: readonly string[]): void {
  console.log(`# installing ${debianPackages.join(' ')}`)
  const isPolicyOurs = !existsSync(SERVICE_POLICY)
  if (isPolicyOurs) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    if (apt('update')) apt('install', '-y', '--no-install-recommends', ...debianPackages)
  } finally {
    if (isPolicyOurs) rmSync(SERVICE_POLICY)
  }
}

function apt(...parameters: readonly string[]): boolean {
  const { status } = spawnSync('apt-get', ['-qq', ...parameters], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: APT_MINUTES_MAX * 60_000,
  })
  return status === 0
}
