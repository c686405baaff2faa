/**
 * Clients of Ory Hydra: what its API and `hydra list clients --format json` answer (an array, or an object with `items`
 * or `clients`), or rows of its table `hydra_client` as JSON, which is the only place where hashes are.
 */
import type { DeclaredSecret } from '../declaration/declared-registry.ts'
import {
  countIn,
  type ExportObject,
  hashedSecret,
  instantIn,
  looksHashed,
  objectIn,
  objectsIn,
  plainSecret,
  textIn,
  textsIn,
} from './export-values.ts'
import {
  type ImportedRegistry,
  type ImportOptions,
  RegistryCollector,
  scopeTokens,
} from './imported-registry.ts'
import { machineIn, methodsOf, settingsOf } from './registration-metadata.ts'

/** Reads an export of Hydra. */
export function importHydra(document: unknown, options: ImportOptions): ImportedRegistry {
  const into = new RegistryCollector(options)
  const { items, clients } = objectIn(document)
  const listed = Array.isArray(document) ? document : (items ?? clients)
  for (const client of objectsIn(listed)) importClient(withoutStoredForm(client), into)
  return into.collected()
}

/** Rows have lists as JSON text, and `id` for what the API calls `client_id`. */
function withoutStoredForm(row: ExportObject): ExportObject {
  const members = Object.entries(row).map(([name, value]) => [name, parsedList(value)])
  const client = objectIn(Object.fromEntries(members))
  return { ...client, client_id: client.client_id ?? client.id }
}

function parsedList(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function importClient(client: ExportObject, into: RegistryCollector): undefined {
  const machine = machineIn(client, into)
  if (machine === undefined) return
  const { id, authenticationMethods } = machine
  const audiences = textsIn(client.audience)
  const known = audiences.length > 0 ? audiences : [into.defaultAudience]
  const named = known.filter((audience) => audience !== undefined)
  if (named.length === 0)
    return into.skip(id, 'it has no audience; name a resource for such clients')
  const scopes = scopeTokens(textIn(client.scope) ?? '', id, into)
  into.client({
    ...{ id, disabled: false, authenticationMethods },
    label: textIn(client.client_name),
    // Any of its audiences with any of its scopes: that is what Hydra grants.
    grants: named.map((audience) => ({ audience, scopes })),
    secrets: secretsOf(client, id, into),
    settings: settingsOf(client),
    lifetimeSeconds: durationSeconds(client.client_credentials_grant_access_token_lifespan),
  })
}

function secretsOf(client: ExportObject, id: string, into: RegistryCollector): DeclaredSecret[] {
  const more = { expiresAt: instantIn(client.client_secret_expires_at) }
  const current = textIn(client.client_secret)
  const secrets = current === undefined ? [] : [secretOf(current, more)]
  const rotated = textsIn(client.rotated_secrets).map((one) => secretOf(one, { label: 'rotated' }))
  const usesSecrets = methodsOf(client)?.some((one) => one.startsWith('client_secret_'))
  if (usesSecrets && secrets.length === 0)
    into.notice(`client ${id}: the export has no secret of it`)
  return [...secrets, ...rotated]
}

function secretOf(text: string, more: Partial<DeclaredSecret>): DeclaredSecret {
  return looksHashed(text) ? hashedSecret(text, more) : plainSecret(text, more)
}

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
])

/** A Go duration such as `1h30m`; in rows it is a number of nanoseconds. Less than a second is none. */
function durationSeconds(value: unknown): number | undefined {
  if (typeof value === 'number') return countIn(Math.floor(value / 1_000_000_000))
  const text = textIn(value) ?? ''
  if (!/^(?:\d+(?:\.\d+)?[hms])+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)]
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS.get(unit ?? '') ?? 0),
    0,
  )
  return countIn(Math.floor(seconds))
}
