/** The keys of a JWK Set as an engine holds them, imported once each. */
import type { SignatureAlgorithm } from './algorithms.ts'
import { entriesOfJwk, type PublicJwk, publicJwkOf } from './jwk.ts'
import { KeyImportError } from './key-import-error.ts'
import type { SignatureEngine, VerificationKey } from './signature-engine.ts'

/** A key of a set, for one of the algorithms it fits. */
export interface ImportedKey extends Pick<PublicJwk, 'kty' | 'crv' | 'kid'> {
  readonly alg: SignatureAlgorithm
  /**
   * What makes it this key: algorithm and JWK. Other octets under the same `kid` are another key.
   */
  readonly identity: string
  /** The key as it was published. */
  readonly jwk: PublicJwk
  readonly key: VerificationKey
}

/**
 * Imports the keys of a set for every algorithm they fit, taking over those of `known` that are in
 * it.
 *
 * A key that the engine cannot import (a point off its curve, an algorithm the platform lacks) is
 * left out; the result may be empty.
 */
export async function importKeys(
  engine: SignatureEngine,
  jwks: readonly PublicJwk[],
  known: readonly ImportedKey[],
): Promise<readonly ImportedKey[]> {
  const imported: ImportedKey[] = []
  for (const jwk of jwks) {
    for (const { name } of entriesOfJwk(jwk)) {
      const identity = `${name} ${JSON.stringify(publicJwkOf(jwk))}`
      const key =
        known.find((other) => other.identity === identity) ??
        (await importKey(engine, jwk, name, identity))
      if (key !== undefined) imported.push(key)
    }
  }
  return imported
}

/** Tells whether every key of `older` is also in `newer`. */
export function holdsEveryKeyOf(
  newer: readonly ImportedKey[],
  older: readonly ImportedKey[],
): boolean {
  return older.every((key) => newer.some((other) => other.identity === key.identity))
}

async function importKey(
  engine: SignatureEngine,
  jwk: PublicJwk,
  alg: SignatureAlgorithm,
  identity: string,
): Promise<ImportedKey | undefined> {
  const { kty, crv, kid } = publicJwkOf(jwk)
  try {
    const key = await engine.importVerificationKey(jwk, alg)
    return {
      kty,
      ...(crv === undefined ? {} : { crv }),
      ...(kid === undefined ? {} : { kid }),
      alg,
      identity,
      jwk,
      key,
    }
  } catch (error) {
    if (error instanceof KeyImportError) return undefined
    throw error
  }
}
