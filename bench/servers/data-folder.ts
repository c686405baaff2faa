/** Temporary data folders for our authorization server, filled with the clients of a workload. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRegistry, sqlite } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import { benchClients, RESOURCE, SCOPES } from '../load/token-workload.ts'

/** A folder that exists until it is removed. */
export interface DataFolder {
  readonly path: string
  remove(): Promise<void>
}

/** Makes a folder with the resource, whose tokens `alg` signs, and its first `clientCount` clients registered. */
export async function createDataFolder(clientCount: number, alg = 'ES256'): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), 'mintmark-bench-'))
  await register(path, clientCount, alg)
  return { path, remove: () => rm(path, { recursive: true }) }
}

async function register(folder: string, clientCount: number, algorithm: string): Promise<void> {
  const registry = await openRegistry({ storage: sqlite(folder) })
  const scope = SCOPES.join(' ')
  const resource = await registry.createResource({ id: RESOURCE, scope, algorithm })
  if (!resource.ok) throw new Error(`the resource was not registered: ${resource.violation}`)
  for (const { id, secret } of benchClients(clientCount)) {
    const clientSecret = redact('client secret', secret)
    const created = await registry.createClient({ id, scope, clientSecret })
    if (!created.ok) throw new Error(`${id} was not registered: ${created.violation}`)
  }
  await registry.close()
}
