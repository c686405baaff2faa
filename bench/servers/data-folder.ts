/** Temporary data folders for our authorization server, filled with the clients of a workload. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRegistry, sqlite } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import { benchClients, RESOURCE, SCOPES } from '../load/token-workload.ts'

/** More clients than can be registered one by one within a minute: in transactions of this size. */
const BATCH = 1_000

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

/**
 * Makes a folder with `clientCount` clients, all with the secret of the first: only that one is digested, and the
 * others are copies of its record.
 */
export async function createLargeDataFolder(clientCount: number): Promise<DataFolder> {
  const folder = await createDataFolder(1)
  const session = await sqlite(folder.path).open()
  const [first] = (await session.load()).clients
  const [secret] = first?.secrets ?? []
  if (first === undefined || secret === undefined) throw new Error('no client was registered')
  const origin = { actor: 'operator:bench', via: 'library', atWallMs: Date.now() } as const
  for (let from = 1; from < clientCount; from += BATCH) {
    const count = Math.min(BATCH, clientCount - from)
    const changes = Array.from({ length: count }, (_, at) => ({
      type: 'client_created' as const,
      client: {
        ...first,
        id: `bench-client-${from + at}`,
        secrets: [{ ...secret, id: `copy-${from + at}` }],
      },
    }))
    const outcome = await session.apply(changes, origin)
    if (!outcome.ok) throw new Error(`clients were not registered: ${outcome.violation}`)
  }
  await session.close()
  return folder
}
