/**
 * Administration of resources, clients and secrets: what an operator may change, each change checked against what is
 * stored at that moment and durable when its promise resolves. The same functions serve a command on the data folder
 * and a running server.
 */
import { nodeEngine, type SignatureAlgorithm, type SynchronousSignatureEngine } from '@mintmark/jwt'
import {
  type Clock,
  invariant,
  type RandomSource,
  systemClock,
  systemRandom,
} from '@mintmark/runtime'
import { createSigningKey } from '../signing-keys/create-signing-key.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { Storage, StorageSession } from '../storage/storage.ts'
import { type ClientOperations, createClientOperations } from './client-operations.ts'
import type { SecretEnvironment } from './client-secret.ts'
import type { ChangeActor, RegistryWorld } from './registry-world.ts'
import { createResourceOperations, type ResourceOperations } from './resource-operations.ts'
import { createSecretDigester } from './secret-digest.ts'
import { createSecretOperations, type SecretOperations } from './secret-operations.ts'
import { createSecretSealer } from './secret-sealing.ts'

/** What an operator may do with resources, clients and their secrets. */
export interface RegistryOperations
  extends ResourceOperations,
    ClientOperations,
    SecretOperations {}

/** The same, of a storage that was opened for nothing else. */
export interface Registry extends RegistryOperations {
  close(): Promise<void>
}

/** What a registry needs. */
export interface RegistryOptions {
  readonly storage: Storage
  readonly clock?: Clock
  readonly random?: RandomSource
  /** Who makes the changes, for the audit trail. Default: `library`. */
  readonly actor?: ChangeActor
  /** What generated secrets are for; part of their text. Default `'live'`. */
  readonly secretEnvironment?: SecretEnvironment
}

/** Changes of a program that did not say who it is. */
export const libraryActor: ChangeActor = { actor: 'library', via: 'library' }

/**
 * Opens the registry of a storage for administration, without serving anything.
 *
 * Works beside running servers: they notice a change within a second. Rejects with `StorageError` when the storage
 * cannot be used.
 */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const { actor = libraryActor, clock = systemClock, random = systemRandom } = options
  const { secretEnvironment = 'live' } = options
  const session = await options.storage.open()
  const world = createRegistryWorld(session, { clock, random, secretEnvironment }, { actor })
  return { ...createRegistryOperations(world), close: () => session.close() }
}

/** What every registry of a process has in common. */
export interface RegistryPorts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly secretEnvironment: SecretEnvironment
}

/** Who changes what, and who has to hear of it. */
export interface RegistryCaller {
  readonly actor: ChangeActor
  /** Resolves when a change that is durable is in force in this process. */
  readonly changed?: () => Promise<void>
}

/** What the operations over an open session work with, for one caller. */
export function createRegistryWorld(
  session: StorageSession,
  ports: RegistryPorts,
  { actor, changed = async () => undefined }: RegistryCaller,
): RegistryWorld {
  return {
    ...ports,
    ...{ session, actor, changed },
    digester: createSecretDigester(deriveKey(session.masterKey, 'client secret digests')),
    sealer: createSecretSealer(session.masterKey, ports.random),
  }
}

/** The operations of a registry. */
export function createRegistryOperations(world: RegistryWorld): RegistryOperations {
  return {
    ...createResourceOperations(world, keyMaker(world)),
    ...createClientOperations(world),
    ...createSecretOperations(world),
  }
}

/** Makes sure that there is a signing key of an algorithm. */
export function keyMaker(world: RegistryWorld): (algorithm: SignatureAlgorithm) => Promise<void> {
  const engine = requireNodeEngine()
  return (algorithm) => ensureSigningKey(algorithm, world.session, engine, world)
}

/** The engine of `node:crypto`, which every Node that can run this package has. */
export function requireNodeEngine(): SynchronousSignatureEngine {
  const engine = nodeEngine()
  invariant(engine !== undefined, 'the authorization server runs on Node, which has node:crypto')
  return engine
}

/** Makes the first signing key of an algorithm, before anything is promised that needs it. */
export async function ensureSigningKey(
  algorithm: SignatureAlgorithm,
  session: StorageSession,
  engine: SynchronousSignatureEngine,
  world: Pick<RegistryPorts, 'clock' | 'random'>,
): Promise<void> {
  const { signingKeys } = await session.readRegistry({ kind: 'none' })
  if (signingKeys.some((key) => key.algorithm === algorithm)) return
  const atWallMs = world.clock.wallMs()
  const making = { ...world, engine, masterKey: session.masterKey }
  const key = await createSigningKey(algorithm, atWallMs, making)
  // Of several that start at the same time one makes the key, and all use it.
  const creation = { type: 'signing_key_created', key, besides: [] } as const
  await session.apply([creation], { actor: 'node', via: 'node', atWallMs })
}
