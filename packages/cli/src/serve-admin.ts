/** The admin port of `mintmark serve`, and the first administrator of a storage that has had none. */
import type { AdminApiOptions, BootstrapCredential, RunningAdmin } from '@mintmark/admin-api'
import { keepCredential } from './bootstrap-credential.ts'
import type { Invocation } from './command.ts'
import { packageVersion } from './version.ts'

/** The settings of the admin port. */
export const adminPortSettings = ['host', 'adminPort', 'bootstrapFile'] as const

/** An admin port, and a credential if one was made for it that nobody has seen yet. */
export interface StartedAdmin {
  readonly running: RunningAdmin
  /** `undefined` also when it was written to a file. */
  readonly credential: BootstrapCredential | undefined
}

/**
 * Starts the admin port. On a storage that has had no administrator, one is made; never again after
 * that.
 */
export async function startAdmin(
  { settings, edge }: Invocation<(typeof adminPortSettings)[number]>,
  parts: Pick<AdminApiOptions, 'server' | 'isServing' | 'report' | 'cacheDiscipline'>,
  port: number,
): Promise<StartedAdmin> {
  const { bootstrapOnce, createAdminApi, listenAdmin } = await import('@mintmark/admin-api')
  const { clock, random } = edge
  const api = createAdminApi({ ...parts, clock, random, version: packageVersion() })
  const running = await listenAdmin(api, { host: settings.value('host'), port })
  const { server } = parts
  const made = await unlessStorageIsAway(() =>
    bootstrapOnce(server.administration({ actor: 'node', via: 'node' })),
  )
  const file = settings.value('bootstrapFile')
  if (made === undefined || file === undefined) return { running, credential: made }
  keepCredential(made, file, edge)
  return { running, credential: undefined }
}

/** A server that starts from its snapshot has had its first start. */
async function unlessStorageIsAway<Made>(make: () => Promise<Made>): Promise<Made | undefined> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof Error && error.name === 'StorageError') return undefined
    throw error
  }
}
