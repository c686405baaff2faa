/** Another program's export as text, and which program wrote it. */
import { declarationLengthMax } from '../limits.ts'
import { importAuth0 } from './auth0.ts'
import { importHydra } from './hydra.ts'
import type { ImportedRegistry, ImportOptions } from './imported-registry.ts'
import { importKeycloak } from './keycloak.ts'
import { importOidcProvider } from './oidc-provider.ts'
import { importCsv, importPlainList } from './plain-list.ts'

/** Where an export can come from; `json` and `csv` are lists of one's own. */
export const importSources = ['hydra', 'keycloak', 'auth0', 'oidc-provider', 'json', 'csv'] as const

/** One of them. */
export type ImportSource = (typeof importSources)[number]

/**
 * Reads an export. `undefined` when it is not of the format that `source` writes at all; what is wrong with single
 * clients is in the result. Checks nothing against any registry, and changes nothing.
 */
export function readExport(
  source: ImportSource,
  text: string,
  options: ImportOptions,
): ImportedRegistry | undefined {
  if (text.length > declarationLengthMax) return undefined
  if (source === 'csv') return importCsv(text, options)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof document !== 'object' || document === null) return undefined
  return readers[source](document, options)
}

const readers: Readonly<
  Record<
    Exclude<ImportSource, 'csv'>,
    (document: unknown, options: ImportOptions) => ImportedRegistry
  >
> = {
  hydra: importHydra,
  keycloak: importKeycloak,
  auth0: importAuth0,
  'oidc-provider': importOidcProvider,
  json: importPlainList,
}
