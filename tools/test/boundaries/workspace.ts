/** A workspace with the packages of the design, in miniature. */
import type { FixtureTree } from '../fixture-tree.ts'

const names: readonly (readonly [folder: string, name: string])[] = [
  ['runtime', '@mintmark/runtime'],
  ['protocol', '@mintmark/protocol'],
  ['jwt', '@mintmark/jwt'],
  ['limits', '@mintmark/limits'],
  ['client', '@mintmark/client'],
  ['resource-server', '@mintmark/resource-server'],
  ['authorization-server', '@mintmark/authorization-server'],
  ['admin-api', '@mintmark/admin-api'],
  ['testkit', '@mintmark/testkit'],
  ['cli', 'mintmark'],
]

/** The folders of all packages. */
export const folders: readonly string[] = names.map(([folder]) => folder)

/** The npm name of the package in a folder. */
export function nameOf(folder: string): string {
  return names.find(([own]) => own === folder)?.[1] ?? folder
}

/** All manifests, each declaring every other package and `declared` besides, with two entry points. */
export function workspace(files: FixtureTree, declared: FixtureTree = {}): FixtureTree {
  const manifests = names.map(([folder, name]) => {
    const others = names.map(([, other]) => [other, '1.0.0']).filter(([other]) => other !== name)
    const dependencies = { ...Object.fromEntries(others), ...foreign(declared, folder) }
    const exports = { '.': { types: './dist/index.d.ts' }, './extra': './dist/extra.js' }
    return [`packages/${folder}/package.json`, JSON.stringify({ name, dependencies, exports })]
  })
  return { ...Object.fromEntries(manifests), ...files }
}

function foreign(declared: FixtureTree, folder: string): FixtureTree {
  const name = declared[folder]
  return name === undefined ? {} : { [name]: '1.0.0' }
}
