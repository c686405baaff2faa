/**
 * Everything that an operator can do, in one interface with two implementations: this one, over a storage, for commands
 * on the data folder and for a running server; and one over the admin API. A command knows only the interface, so
 * nothing in it may need more than values that fit into JSON (secrets apart), and no part of it is told a clock.
 */
import { systemClock, systemRandom } from '@mintmark/runtime'
import { type AuditOperations, createAuditOperations } from './audit/audit-operations.ts'
import {
  createDeclarationOperations,
  type DeclarationOperations,
} from './declaration/declaration-operations.ts'
import { explainRefusal, type RefusalExplanation } from './refusals/refusal-explanation.ts'
import {
  createRegistryOperations,
  createRegistryWorld,
  keyMaker,
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
import { storedTokenJudge } from './tokens/stored-token-judge.ts'
import {
  createTokenOperations,
  type TokenJudge,
  type TokenOperations,
} from './tokens/token-operations.ts'

/** What an operator can do. Every change is in the audit trail under the name of whoever this is for. */
export interface Administration {
  /** Resources, clients and their secrets. */
  readonly registry: RegistryOperations
  /** All of them at once: as declared in a document, imported, or exported. */
  readonly declarations: DeclarationOperations
  readonly keys: KeyAdministration
  readonly tokens: TokenOperations
  readonly audit: AuditOperations
  /** Why a request was refused, from the reference in its `error_uri`; `undefined` for any text that is none. */
  explainRefusal(reference: string): Promise<RefusalExplanation | undefined>
  close(): Promise<void>
}

/** How a storage is opened for administration. */
export interface AdministrationOptions extends RegistryOptions {
  /** The issuer whose tokens are looked at or revoked; nothing else needs it. */
  readonly issuer?: string | undefined
}

/**
 * Opens a storage for administration, without serving anything. Works beside running servers, which notice a change
 * within a second. Rejects with `StorageError` when the storage cannot be used.
 */
export async function openAdministration(options: AdministrationOptions): Promise<Administration> {
  const { actor = libraryActor, clock = systemClock, random = systemRandom } = options
  const { secretEnvironment = 'live' } = options
  const session = await options.storage.open()
  const judge = storedTokenJudge(session, options.issuer, { clock, random })
  return createAdministration(session, { clock, random, secretEnvironment }, { actor, judge })
}

/** The administration of an open session, for one caller. Closing it closes the session. */
export function createAdministration(
  session: StorageSession,
  ports: RegistryPorts,
  caller: RegistryCaller & { readonly judge: TokenJudge },
): Administration {
  const world = createRegistryWorld(session, ports, caller)
  const ground = { session, engine: requireNodeEngine(), clock: world.clock, random: world.random }
  return {
    registry: createRegistryOperations(world),
    declarations: createDeclarationOperations(world, keyMaker(world)),
    keys: createKeyAdministration({
      ...ground,
      ...{ by: world.actor, changed: world.changed },
      stored: async () => (await session.readRegistry({ kind: 'none' })).signingKeys,
    }),
    tokens: createTokenOperations(world, caller.judge),
    audit: createAuditOperations(ground),
    explainRefusal: async (reference) => explainRefusal(session.masterKey, reference),
    close: () => session.close(),
  }
}
