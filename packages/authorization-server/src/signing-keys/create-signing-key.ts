/** Makes a signing key: the pair is generated off the event loop, sealed, and given its place in the schedule. */
import {
  jwkThumbprint,
  publicJwkOf,
  type SignatureAlgorithm,
  type SynchronousSignatureEngine,
  webEngine,
} from '@mintmark/jwt'
import type { Clock, RandomSource } from '@mintmark/runtime'
import type { SigningKeyRecord } from '../storage/records.ts'
import { deriveKey, sealKey } from './key-sealing.ts'

/** What making a key takes. */
export interface KeyMaking {
  readonly masterKey: Uint8Array
  readonly engine: SynchronousSignatureEngine
  readonly clock: Clock
  readonly random: RandomSource
}

/**
 * Makes and seals a new key pair for `algorithm` that signs from `activatesAtWallMs` on. Stores nothing.
 *
 * An RSA pair takes a tenth of a second to find, which is why the platform's own threads look for it.
 */
export async function createSigningKey(
  algorithm: SignatureAlgorithm,
  activatesAtWallMs: number,
  { masterKey, engine, clock, random }: KeyMaking,
): Promise<SigningKeyRecord> {
  const { privateJwk, kid } = await generate(algorithm, engine)
  return {
    kid,
    algorithm,
    sealed: sealKey(privateJwk, kid, algorithm, deriveKey(masterKey, 'signing keys'), random),
    signer: undefined,
    createdAtWallMs: clock.wallMs(),
    activatesAtWallMs,
    retiresAtWallMs: undefined,
    compromisedAtWallMs: undefined,
  }
}

/** A name that begins with a hyphen would look like a flag on a command line; one in 64 does. */
async function generate(algorithm: SignatureAlgorithm, engine: SynchronousSignatureEngine) {
  for (;;) {
    const privateJwk = await webEngine().generateKey(algorithm)
    const kid = jwkThumbprint(publicJwkOf(privateJwk), engine)
    if (!kid.startsWith('-')) return { privateJwk, kid }
  }
}
