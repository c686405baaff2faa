/**
 * What one import may be, judged by the file it stands in. Edges between packages bind what is published (`src`);
 * tests, tools, benchmarks and examples may import any package, through its entry points like everybody else.
 */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import type { Finding } from '../finding.ts'
import { findImports, type Import } from '../imports.ts'
import type { Package } from '../packages.ts'
import { isPackageSource, type SourceFile } from '../source-file.ts'
import { edgeExceptions, nodeAllowances, peerAllowances, places } from './architecture.ts'

type Judgement = readonly [rule: string, message: string] | undefined

/** Finds the imports of one file that cross a boundary. `packages` are those of the workspace. */
export function importFindings(file: SourceFile, packages: readonly Package[]): readonly Finding[] {
  return findImports(file.code).flatMap((imported) => {
    const judgement = judge(file.path, imported, packages)
    if (judgement === undefined) return []
    const [rule, message] = judgement
    return [{ path: file.path, line: imported.line, rule, message }]
  })
}

function judge(path: string, imported: Import, packages: readonly Package[]): Judgement {
  const { specifier } = imported
  if (specifier.startsWith('.')) return judgeRelative(path, specifier)
  if (isBuiltin(specifier)) return judgeNode(path, imported)
  const importer = packages.find(({ folder }) => path.startsWith(`packages/${folder}/`))
  const target = packages.find(({ name }) => isWithin(specifier, name))
  if (target === undefined) return judgeForeign(path, imported, importer)
  return judgeEdge(path, importer, target) ?? judgeEntryPoint(specifier, target)
}

/** A package is one unit; so is every other top-level folder. */
function judgeRelative(path: string, specifier: string): Judgement {
  const unit = /^(?:packages|apps)\/[^/]+\/|^[^/]+\//.exec(path)?.[0] ?? ''
  if (posix.join(posix.dirname(path), specifier).startsWith(unit)) return undefined
  return ['unit', `"${specifier}" leaves ${unit}: import the package by its name`]
}

function judgeNode(path: string, { specifier, typeOnly }: Import): Judgement {
  if (!isPackageSource(path)) return undefined
  const isAllowed = nodeAllowances.some(
    (allowance) => isAt(path, allowance.path) && (typeOnly || !allowance.typeOnly),
  )
  if (isAllowed) return undefined
  return [
    'node',
    `"${specifier}" exists on Node only: take it through a port, or feature-detect it`,
  ]
}

function judgeForeign(path: string, imported: Import, importer: Package | undefined): Judgement {
  if (importer === undefined || !isPackageSource(path) || imported.typeOnly) return undefined
  const { specifier } = imported
  const isPeer = peerAllowances.some(
    (allowance) => allowance.path === path && allowance.specifier === specifier,
  )
  if (isPeer) return undefined
  if (places.get(importer.folder)?.isPortable) {
    return ['dependency', `${importer.folder} has no run-time dependency: "${specifier}" must go`]
  }
  return judgeDeclared(importer, specifier)
}

function judgeEdge(path: string, importer: Package | undefined, target: Package): Judgement {
  if (importer === undefined || !isPackageSource(path)) return undefined
  if (importer === target) return ['edge', 'a package imports itself by relative paths']
  const place = places.get(importer.folder)
  const isException = edgeExceptions.some(
    (exception) => exception.path === path && exception.mayImport === target.folder,
  )
  const mayImport = place?.mayImport ?? []
  if (mayImport !== 'everything' && !mayImport.includes(target.folder) && !isException) {
    return [
      'edge',
      `${importer.folder} does not import ${target.folder}: see tools/boundaries/architecture.ts`,
    ]
  }
  return judgeDeclared(importer, target.name)
}

function judgeDeclared(importer: Package, specifier: string): Judgement {
  if (importer.dependencies.some((name) => isWithin(specifier, name))) return undefined
  return ['undeclared', `"${specifier}" is not among the dependencies in its package.json: add it`]
}

function judgeEntryPoint(specifier: string, target: Package): Judgement {
  const subpath = `.${specifier.slice(target.name.length)}`
  if (target.entryPoints.has(subpath)) return undefined
  return ['entry-point', `"${specifier}" is no entry point: import what "exports" offers`]
}

function isWithin(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`)
}

function isAt(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place
}
