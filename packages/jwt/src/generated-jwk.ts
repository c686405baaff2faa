/**
 * What an engine hands over after making a key, rebuilt under the rules that hold for every other
 * private JWK.
 */
import type { JsonObject } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import type { SignatureAlgorithm } from './algorithms.ts'
import { type PrivateJwk, parsePrivateJwk } from './jwk.ts'

/**
 * The private JWK in what a crypto library exported, bound to `alg` and without anything but key
 * members.
 */
export function generatedJwk(exported: object, alg: SignatureAlgorithm): PrivateJwk {
  const { key_ops: _, ext: __, ...members } = exported as { key_ops?: unknown; ext?: unknown }
  const parsed = parsePrivateJwk({ ...members, alg } as JsonObject)
  invariant(parsed.ok, 'a crypto library exports the key it made as a well-formed private JWK')
  return parsed.value
}
