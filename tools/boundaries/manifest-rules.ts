/** What a package may say about itself: its place in the design and what it depends on. */
import type { Finding } from '../finding.ts'
import type { Package } from '../packages.ts'
import { places } from './architecture.ts'

/** Finds packages without a place in the design, and portable packages with a dependency on other people's code. */
export function manifestFindings(packages: readonly Package[]): readonly Finding[] {
  const ours = new Set(packages.map(({ name }) => name))
  return packages.flatMap(({ folder, dependencies }) => {
    const path = `packages/${folder}/package.json`
    const place = places.get(folder)
    if (place === undefined) {
      const message = 'the package has no place: give it one in tools/boundaries/architecture.ts'
      return [{ path, line: 1, rule: 'place', message }]
    }
    const foreign = dependencies.filter((name) => place.isPortable && !ours.has(name))
    return foreign.map((name) => {
      const message = `${folder} has no run-time dependency: "${name}" must go, or become an optional peer`
      return { path, line: 1, rule: 'dependency', message }
    })
  })
}
