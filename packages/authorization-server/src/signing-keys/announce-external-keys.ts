/** Configured signers become keys: what is not stored yet is published now, and signs when everybody has fetched it. */
import { jwkThumbprint, publicJwkOf, type SynchronousSignatureEngine } from '@mintmark/jwt'
import type { Clock, RandomSource } from '@mintmark/runtime'
import { keyStagingSecondsDefault } from '../limits.ts'
import type { SigningKeyRecord } from '../storage/records.ts'
import type { StorageSession } from '../storage/storage.ts'
import type { ExternalSigner } from './external-signer.ts'
import { deriveKey, sealPublicKey } from './key-sealing.ts'
import { kidsOf } from './key-work.ts'

/** What announcing takes. */
export interface KeyAnnouncement {
  readonly session: StorageSession
  readonly engine: SynchronousSignatureEngine
  readonly clock: Clock
  readonly random: RandomSource
}

/**
 * Stores the keys of `signers` that are not there yet. The first key of an algorithm signs at once, another an hour
 * later, by when all nodes have to know its signer. Nodes that do this at the same time make one key.
 */
export async function announceExternalKeys(
  signers: readonly ExternalSigner[],
  world: KeyAnnouncement,
): Promise<void> {
  for (const signer of signers) await announce(signer, world)
}

async function announce(signer: ExternalSigner, world: KeyAnnouncement): Promise<void> {
  const { session, engine, clock } = world
  const { algorithm } = signer
  const kid = jwkThumbprint(publicJwkOf(signer.publicJwk), engine)
  for (;;) {
    const { signingKeys } = await session.load()
    if (signingKeys.some((key) => key.kid === kid)) return
    const besides = kidsOf(signingKeys, algorithm)
    const atWallMs = clock.wallMs()
    const stagingMs = besides.length === 0 ? 0 : keyStagingSecondsDefault * 1000
    const key = recordOf(signer, kid, atWallMs, atWallMs + stagingMs, world)
    const creation = { type: 'signing_key_created', key, besides } as const
    await session.apply([creation], { actor: 'node', via: 'node', atWallMs })
  }
}

function recordOf(
  { name, algorithm, publicJwk }: ExternalSigner,
  kid: string,
  createdAtWallMs: number,
  activatesAtWallMs: number,
  { session, random }: KeyAnnouncement,
): SigningKeyRecord {
  const sealingKey = deriveKey(session.masterKey, 'signing keys')
  return {
    kid,
    algorithm,
    sealed: sealPublicKey(publicJwkOf(publicJwk), kid, algorithm, sealingKey, random),
    signer: name,
    createdAtWallMs,
    activatesAtWallMs,
    retiresAtWallMs: undefined,
    compromisedAtWallMs: undefined,
  }
}
