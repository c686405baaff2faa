/**
 * The public surface of every package, as a text file beside its manifest: `packages/NAME/public-api.txt`. Growing or
 * changing it is a decision, so it shows in the diff.
 *
 * Usage: node tools/public-api.ts [--write] [--root DIR], after the packages were built
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, runCheck } from './finding.ts'
import { type Package, readPackages } from './packages.ts'
import { exportedDeclarations } from './public-api/exported-declarations.ts'

const SURFACE_FILE = 'public-api.txt'

/** Compares every surface below `root` with its file; with the flag `write`, brings the files up to date instead. */
export function publicApi(root: string, flags: ReadonlySet<string>): readonly Finding[] {
  return readPackages(root).flatMap((member) => {
    const entryPoints = [...member.entryPoints].filter(([, types]) => types.endsWith('.d.ts'))
    if (entryPoints.length === 0) return []
    const missing = entryPoints.find(([, types]) => !existsSync(pathOf(root, member, types)))
    if (missing !== undefined) return [finding(member, 1, `${missing[1]} is missing: build first`)]
    const surface = entryPoints.map(([subpath, types]) =>
      surfaceOf(`${member.name}${subpath.slice(1)}`, pathOf(root, member, types)),
    )
    return settle(root, member, surface.join('\n'), flags.has('write'))
  })
}

function settle(
  root: string,
  member: Package,
  surface: string,
  write: boolean,
): readonly Finding[] {
  const path = pathOf(root, member, SURFACE_FILE)
  if (write) {
    writeFileSync(path, surface)
    return []
  }
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (kept === surface) return []
  const line = firstDifference(kept.split('\n'), surface.split('\n'))
  const message =
    'the surface changed: run node tools/public-api.ts --write, and say why in the commit'
  return [finding(member, line, message)]
}

/** A heading with the specifier that users write, then the declarations in the order of their names. */
function surfaceOf(specifier: string, file: string): string {
  const declarations = [...exportedDeclarations(file)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [`# ${specifier}`, '', ...declarations.map(([, text]) => text), ''].join('\n')
}

function firstDifference(kept: readonly string[], surface: readonly string[]): number {
  const index = surface.findIndex((text, at) => text !== kept[at])
  return (index === -1 ? surface.length : index) + 1
}

function pathOf(root: string, member: Package, file: string): string {
  return join(root, 'packages', member.folder, file)
}

function finding(member: Package, line: number, message: string): Finding {
  return { path: `packages/${member.folder}/${SURFACE_FILE}`, line, rule: 'public-api', message }
}

if (import.meta.main) runCheck('public-api', publicApi, ['write'])
