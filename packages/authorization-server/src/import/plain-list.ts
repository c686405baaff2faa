/**
 * Clients from a list of one's own: JSON objects, or lines of CSV (RFC 4180) under a line of names. Known are
 * `client_id`, `client_secret` or `client_secret_hash`, `scope`, `resource`, `label`, `disabled`, `expires_at`,
 * `lifetime_seconds`, `auth_method`.
 */
import type { DeclaredSecret } from '../declaration/declared-registry.ts'
import {
  countIn,
  type ExportObject,
  hashedSecret,
  objectIn,
  objectsIn,
  plainSecret,
  textIn,
} from './export-values.ts'
import {
  type ImportedRegistry,
  type ImportOptions,
  RegistryCollector,
  scopeTokens,
} from './imported-registry.ts'

/** Reads a JSON list of clients, or an object with such a list in `clients`. */
export function importPlainList(document: unknown, options: ImportOptions): ImportedRegistry {
  const into = new RegistryCollector(options)
  const listed = Array.isArray(document) ? document : objectIn(document).clients
  for (const client of objectsIn(listed)) importClient(client, into)
  return into.collected()
}

/** Reads CSV. `undefined` when a quoted field does not end. */
export function importCsv(text: string, options: ImportOptions): ImportedRegistry | undefined {
  const [names, ...lines] = parseCsv(text) ?? []
  if (names === undefined) return undefined
  const clients = lines.map((fields) =>
    Object.fromEntries(fields.map((field, at) => [names[at]?.trim().toLowerCase() ?? '', field])),
  )
  return importPlainList(clients, options)
}

function importClient(client: ExportObject, into: RegistryCollector): undefined {
  const id = textIn(client.client_id)
  if (id === undefined) return into.skip('?', 'it has no client_id')
  const audience = textIn(client.resource) ?? into.defaultAudience
  if (audience === undefined) return into.skip(id, 'it has no resource; name one for such clients')
  const method = textIn(client.auth_method)
  into.client({
    ...{ id, label: textIn(client.label), settings: {} },
    disabled: client.disabled === true || client.disabled === 'true',
    grants: [{ audience, scopes: scopeTokens(textIn(client.scope) ?? '', id, into) }],
    authenticationMethods:
      method === undefined ? ['client_secret_basic', 'client_secret_post'] : [method],
    secrets: secretsOf(client),
    lifetimeSeconds: countIn(client.lifetime_seconds),
  })
}

function secretsOf(client: ExportObject): DeclaredSecret[] {
  const more = { expiresAt: textIn(client.expires_at) }
  const plain = textIn(client.client_secret)
  const hash = textIn(client.client_secret_hash)
  return [
    ...(plain === undefined ? [] : [plainSecret(plain, more)]),
    ...(hash === undefined ? [] : [hashedSecret(hash, more)]),
  ]
}

/** Records of fields (RFC 4180). Empty lines are none. */
function parseCsv(text: string): readonly (readonly string[])[] | undefined {
  const records: string[][] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y
  let record: string[] = []
  const body = text.replace(/^\ufeff/, '')
  while (field.lastIndex < body.length) {
    const found = field.exec(body)
    if (found === null) return undefined
    const [, quoted, bare = '', end] = found
    record.push(quoted?.replaceAll('""', '"') ?? bare)
    if (end === ',') continue
    if (record.length > 1 || record[0] !== '') records.push(record)
    record = []
    if (end === '') break
  }
  if (record.length > 0) records.push([...record, ''])
  return records
}
