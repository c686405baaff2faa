/** The identifier of a key that everybody computes alike (RFC 7638). */
import { invariant } from '@mintmark/runtime'
import { encodeBase64url } from './base64url.ts'
import { entriesOfJwk, type PublicJwk } from './jwk.ts'
import { publicMaterialOf } from './key-material.ts'
import type {
  MaybePromise,
  SignatureEngine,
  SynchronousSignatureEngine,
} from './signature-engine.ts'

/**
 * The SHA-256 thumbprint of a key, in base64url: 43 characters (RFC 7638 section 3; RFC 8037
 * section 2 for Ed25519).
 *
 * Depends on the public octets alone, so a private key has the thumbprint of its public half, and
 * `kid`, `alg` and `use` make no difference. Answers in place when the engine does. Expects members
 * that a parser admitted.
 */
export function jwkThumbprint(jwk: PublicJwk, engine: SynchronousSignatureEngine): string
export function jwkThumbprint(jwk: PublicJwk, engine: SignatureEngine): MaybePromise<string>
export function jwkThumbprint(jwk: PublicJwk, engine: SignatureEngine): MaybePromise<string> {
  const digest = engine.sha256(new TextEncoder().encode(thumbprintText(jwk)))
  return digest instanceof Promise ? digest.then(encodeBase64url) : encodeBase64url(digest)
}

/**
 * The JSON of the required members in lexicographic order, without whitespace (RFC 7638 section
 * 3.3).
 */
function thumbprintText(jwk: PublicJwk): string {
  const shape = entriesOfJwk(jwk)[0]?.key
  invariant(shape !== undefined, 'a JWK is of a type that an algorithm takes')
  const material = publicMaterialOf(jwk, shape)
  return JSON.stringify(material, Object.keys(material).sort())
}
