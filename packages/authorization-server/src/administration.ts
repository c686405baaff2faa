/**
 * Everything that an operator can do, in one interface with two implementations: this one, over a storage, for commands
 * on the data folder and for a running server; and one over the admin API. A command knows only the interface, so
 * nothing in it may need more than values that fit into JSON (secrets apart), and no part of it is told a clock.
 */
import { systemClock, systemRandom } from '@mintmark/runtime'
import { type AuditOperations, createAuditOperations } from './audit/audit-operations.ts'
import {
  createRegistryOperations,
  createRegistryWorld,
  libraryActor,
  type RegistryCaller,
  type RegistryOperations,
  type RegistryOptions,
  type RegistryPorts,
  requireNodeEngine,
} from './registry/registry.ts'
import {
  createKeyAdministration,
  type KeyAdministration,
} from './signing-keys/key-administration.ts'
import type { StorageSession } from './storage/storage.ts'
import { createTokenOperations, type TokenOperations } from './tokens/token-operations.ts'

/** What an operator can do. Every change is in the audit trail under the name of whoever this is for. */
export interface Administration {
  /** Resources, clients and their secrets. */
  readonly registry: RegistryOperations
  readonly keys: KeyAdministration
  readonly tokens: TokenOperations
  readonly audit: AuditOperations
  close(): Promise<void>
}

/**
 * Opens a storage for administration, without serving anything. Works beside running servers, which notice a change
 * within a second. Rejects with `StorageError` when the storage cannot be used.
 */
export async function openAdministration(options: RegistryOptions): Promise<Administration> {
  const { actor = libraryActor, clock = systemClock, random = systemRandom } = options
  const { secretEnvironment = 'live' } = options
  const session = await options.storage.open()
  return createAdministration(session, { clock, random, secretEnvironment }, { actor })
}

/** The administration of an open session, for one caller. Closing it closes the session. */
export function createAdministration(
  session: StorageSession,
  ports: RegistryPorts,
  caller: RegistryCaller,
): Administration {
  const world = createRegistryWorld(session, ports, caller)
  const ground = { session, engine: requireNodeEngine(), clock: world.clock, random: world.random }
  return {
    registry: createRegistryOperations(world),
    keys: createKeyAdministration({
      ...ground,
      ...{ by: world.actor, changed: world.changed },
      stored: async () => (await session.readRegistry({ kind: 'none' })).signingKeys,
    }),
    tokens: createTokenOperations(world),
    audit: createAuditOperations(ground),
    close: () => session.close(),
  }
}
