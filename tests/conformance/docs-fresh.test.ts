/**
 * Holds the pages that list what the code has against the code, and what pages name against the tree.
 * Sources are read as documents and loaded by path, because a page describes what a package keeps to itself, too.
 */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '../..')
const errorsPage = read('docs/errors.md')
const limitsPage = read('docs/limits.md')

describe('docs/errors.md', () => {
  it('lists every refusal of the authorization server with its status and error', async () => {
    const path = 'packages/authorization-server/src/refusal.ts'
    const { wireError }: { wireError: (reason: string) => Meaning } = await load(path)
    const documented = rowsUnder(errorsPage, '## Authorization server: `RefusalReason`')
    assert.deepEqual(
      documented.map(([reason, status, error]) => [reason, status, error]),
      unionMembers(read(path), 'RefusalReason').map((reason) => {
        const { status, error } = wireError(reason)
        return [reason, String(status), error]
      }),
    )
  })

  it('lists every refusal of the guard with its status, error and reason', async () => {
    const path = 'packages/resource-server/src/refusal.ts'
    const { meaningOf }: { meaningOf: (code: string) => Meaning } = await load(path)
    const documented = rowsUnder(errorsPage, '## Guard: `RefusalCode`')
    assert.deepEqual(
      documented.map(([code, status, error, reason]) => [code, status, error, reason]),
      unionMembers(read(path), 'RefusalCode').map((code) => {
        const { status, error = '', reason = '' } = meaningOf(code)
        return [code, String(status), error, reason]
      }),
    )
  })

  it('lists every code of the token client with its kind', async () => {
    const path = 'packages/client/src/failure.ts'
    const { kindOf }: { kindOf: (code: string) => string } = await load(path)
    const documented = rowsUnder(errorsPage, '## Token client: `TokenAcquisitionError`')
    assert.deepEqual(
      documented.map(([code, kind]) => [code, kind]),
      memberNames(read(path), 'failures').map((code) => [code, kindOf(code)]),
    )
  })

  const unions: readonly (readonly [heading: string, path: string, name: string])[] = [
    [
      '## Registry: `RegistryViolation`',
      'packages/authorization-server/src/registry/registry-violation.ts',
      'export type RegistryViolation =',
    ],
    [
      '## Storage: `StorageError`',
      'packages/authorization-server/src/storage/storage.ts',
      'export type StorageErrorCode =',
    ],
    [
      '## Backups: `BackupError`',
      'packages/authorization-server/src/backup/backup-error.ts',
      'export type BackupErrorCode =',
    ],
    [
      '## Listening: `ListenError`',
      'packages/authorization-server/src/bind-server.ts',
      'readonly code:',
    ],
  ]
  for (const [heading, path, declaration] of unions) {
    it(`lists every code under "${heading.slice(3)}"`, () => {
      const documented = rowsUnder(errorsPage, heading).map(([code]) => code)
      assert.deepEqual(documented.toSorted(), textsAfter(read(path), declaration).toSorted())
    })
  }
})

describe('docs/limits.md', () => {
  const sources = globSync('packages/*/src/limits.ts', { cwd: root }).toSorted()

  it('has a section for every package with limits and no other', () => {
    const sections = limitsPage.match(/^## .*$/gm) ?? []
    assert.deepEqual(sections, sources.map(sectionOf))
  })

  for (const path of sources) {
    it(`lists every bound of ${path} with its value`, async () => {
      const bounds: Readonly<Record<string, number>> = await load(path)
      const documented = rowsUnder(limitsPage, sectionOf(path))
      assert.deepEqual(
        documented.map(([name, value]) => [name, Number(value?.replaceAll(',', ''))]).toSorted(),
        Object.entries(bounds).toSorted(),
      )
    })
  }
})

describe('docs/telemetry.md', () => {
  const page = read('docs/telemetry.md')

  it('lists every event of the token client', () => {
    const source = read('packages/client/src/events.ts')
    const types = [...source.matchAll(/readonly type: '(\w+)'/g)].map(([, type]) => type)
    assert.deepEqual(
      rowsUnder(page, '## Events')
        .map(([type]) => type)
        .toSorted(),
      types.toSorted(),
    )
  })

  it('lists every instrument with its unit', () => {
    const sources = ['event-metrics', 'client-gauges'].map((name) =>
      read(`packages/client/src/telemetry/${name}.ts`),
    )
    const instrument = /'(mintmark\.client\.[\w.]+)'.*?unit: '([^']+)'/gs
    const made = [...sources.join('\n').matchAll(instrument)].map(([, name, unit]) => [name, unit])
    const [metrics = ''] = page.split('### Metrics')[1]?.split('### Spans') ?? []
    const rows = [...metrics.matchAll(/^\| `(mintmark[\w.]+)` \| \w+ \| `([^`]+)` /gm)]
    const documented = rows.map(([, name, unit]) => [name, unit])
    assert.deepEqual(documented.toSorted(), made.toSorted())
  })
})

describe('docs/server-telemetry.md', () => {
  it('lists every metric with its kind and labels', async () => {
    const path = 'packages/authorization-server/src/telemetry/metric-table.ts'
    const { metricTable, durationMetric }: MetricTable = await load(path)
    const histogram = { ...durationMetric, kind: 'histogram', labels: ['endpoint', 'outcome'] }
    assert.deepEqual(
      rowsUnder(read('docs/server-telemetry.md'), '## Metrics').map(([name, kind, labels]) => [
        ...[name, kind, labels?.replaceAll(/[` ]/g, '')],
      ]),
      [...metricTable, histogram].map(({ name, kind, labels }) => [name, kind, labels.join(',')]),
    )
  })
})

interface MetricTable {
  readonly metricTable: readonly Metric[]
  readonly durationMetric: { readonly name: string }
}

interface Metric {
  readonly name: string
  readonly kind: string
  readonly labels: readonly string[]
}

describe('the pages of this repository', () => {
  const tree = globSync('{packages,tests,tools,bench,examples,docs}/**/*', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  })
  const pages = [
    ...globSync('*.md', { cwd: root }),
    ...tree.filter((path) => path.endsWith('.md')),
  ].toSorted()
  const own = pages.filter((page) => !page.startsWith('packages/') && !page.startsWith('bench/'))
  // README.md tells its reader to make a file; the others name ours only.
  const inside = own.filter((page) => page !== 'README.md')

  for (const page of pages) {
    it(`links only to what exists: ${page}`, () => {
      const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to]) => to)
      const broken = links.filter((to) => !existsSync(join(root, dirname(page), to ?? '')))
      assert.deepEqual(broken, [])
    })
  }

  for (const page of inside) {
    it(`names only source files that exist: ${page}`, () => {
      const named = [...read(page).matchAll(/`([\w./@-]+\.(?:ts|js))`/g)].map(([, path]) => path)
      const missing = named.filter(
        (path) => !tree.some((known) => `/${known}`.endsWith(`/${path}`)),
      )
      assert.deepEqual(missing, [])
    })
  }

  it('show no flag that the command line does not have', async () => {
    const path = 'packages/cli/src/settings.ts'
    const { settings, flagOf }: CommandLineSettings = await load(path)
    const known = new Set([...Object.keys(settings).map(flagOf), '--help', '--version'])
    const lines = own.flatMap((page) => read(page).match(/^.*\bmintmark [a-z].*$/gm) ?? [])
    const shown = lines.flatMap((line) => line.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [])
    assert.ok(shown.length > 0)
    assert.deepEqual(
      shown.filter((flag) => !known.has(flag)),
      [],
    )
  })
})

interface Meaning {
  readonly status: number
  readonly error: string | undefined
  readonly reason?: string | undefined
}

interface CommandLineSettings {
  readonly settings: object
  readonly flagOf: (name: string) => string
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function load(path: string) {
  return import(pathToFileURL(join(root, path)).href)
}

function sectionOf(limitsPath: string): string {
  const { name } = JSON.parse(read(limitsPath.replace('src/limits.ts', 'package.json')))
  return `## \`${name}\``
}

/** The rows of the tables under a heading up to the next one, without the head rows; backticks are taken off. */
function rowsUnder(page: string, heading: string): readonly (readonly string[])[] {
  const lines = page.split('\n')
  const start = lines.indexOf(heading)
  assert.notEqual(start, -1, `there is no heading ${heading}`)
  const end = lines.findIndex((line, at) => at > start && line.startsWith('## '))
  return lines
    .slice(start, end === -1 ? lines.length : end)
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1).map(withoutBackticks))
}

function withoutBackticks(cell: string): string {
  return cell.trim().replace(/^`(.*)`$/, '$1')
}

/** The members of a union of texts that is declared with `export type NAME =`. */
function unionMembers(source: string, name: string): readonly string[] {
  return textsAfter(source, `export type ${name} =`)
}

/** The quoted texts between a declaration and the next line that does not go on with one. */
function textsAfter(source: string, declaration: string): readonly string[] {
  const [, after] = source.split(declaration)
  assert.ok(after, `there is no declaration "${declaration}"`)
  const [union = ''] = after.match(/^(?:\s*(?:\|\s*)?'\w+')+/) ?? []
  return [...union.matchAll(/'(\w+)'/g)].map(([, text]) => text ?? '')
}

/** The names of the members of a top-level object literal, each on a line of its own. */
function memberNames(source: string, constant: string): readonly string[] {
  const [, after] = source.split(`const ${constant} = {\n`)
  assert.ok(after, `there is no constant "${constant}"`)
  const [literal = ''] = after.split('\n}')
  return [...literal.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name ?? '')
}
