/** A server with an empty registry, and what imports into it. */
import assert from 'node:assert/strict'
import { FakeClock, the } from '@mintmark/testkit'
import {
  type Administration,
  createAuthorizationServer,
  type ImportedRegistry,
  type ImportOptions,
  type ImportSource,
  type RegistryPlan,
  readExport,
  type StorageSession,
  sqlite,
} from '../../src/index.ts'
import { value } from '../registry/registry-world.ts'
import { secretOf } from './exports.ts'

export const defaultResource = 'https://default.example'

export function read(
  source: ImportSource,
  document: unknown,
  options: ImportOptions = { defaultResource: undefined },
): ImportedRegistry {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const imported = readExport(source, text, options)
  assert.ok(imported)
  return imported
}

export interface ImportWorld extends AsyncDisposable {
  readonly administration: Administration
  readonly session: StorageSession
  /** Of a token request with the secret that the client had in its export. */
  statusOf(clientId: string, secret?: string): Promise<number>
  importInto(imported: ImportedRegistry, planOnly?: boolean): Promise<RegistryPlan>
}

export async function importWorld(): Promise<ImportWorld> {
  const memory = sqlite(':memory:')
  const session = await memory.open()
  const server = await createAuthorizationServer({
    issuer: the.issuer,
    storage: { ...memory, open: async () => session },
    clock: new FakeClock(),
  })
  const administration = server.administration({ actor: 'operator:test', via: 'command' })
  return {
    ...{ administration, session },
    async statusOf(clientId, secret = secretOf[clientId] ?? '') {
      const credentials = [clientId, secret].map(encodeURIComponent).join(':')
      const request = new Request(the.tokenEndpoint, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
        headers: { authorization: `Basic ${btoa(credentials)}` },
      })
      return (await server.fetch(request)).status
    },
    importInto: async (imported, planOnly = false) =>
      value(await administration.declarations.declare(imported, { mode: 'merge', planOnly })),
    [Symbol.asyncDispose]: () => server.close(),
  }
}
