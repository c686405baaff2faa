/**
 * What this package needs of a crypto library, as one interface with two implementations:
 * `engines/node-engine.ts` answers in place, `engines/web-engine.ts` through promises. Everything
 * above deals with {@link MaybePromise}, so that the synchronous engine costs no promise on the hot
 * path.
 */
import type { SignatureAlgorithm } from './algorithms.ts'
import type { PrivateJwk, PublicJwk } from './jwk.ts'

/** A value, or the promise of one. */
export type MaybePromise<Value> = Value | Promise<Value>

/** A public key bound to one algorithm, imported by an engine and usable only with that engine. */
export interface VerificationKey {
  readonly alg: SignatureAlgorithm
  readonly kid: string | undefined
  /** The engine's own form of the key. */
  readonly native: unknown
}

/** A private key bound to one algorithm and to the `kid` its tokens will name. */
export interface SigningKey {
  readonly alg: SignatureAlgorithm
  readonly kid: string
  /** The engine's own form of the key; it does not print or serialise its octets. */
  readonly native: unknown
}

/** A crypto library. Its methods throw `InvariantViolation` for a key of another engine. */
export interface SignatureEngine {
  readonly name: 'node' | 'web'
  /**
   * Imports a public key for `alg`.
   *
   * Throws (or rejects with) `KeyImportError` for a key of another type, or one whose coordinates
   * are not a point of its curve. Expects members that `parsePublicJwk` admitted; does not judge
   * RSA sizes again.
   */
  importVerificationKey(jwk: PublicJwk, alg: SignatureAlgorithm): MaybePromise<VerificationKey>
  /**
   * Imports a private key for `alg`, and proves with one signature that both halves belong
   * together.
   *
   * Throws (or rejects with) `KeyImportError` otherwise. The error holds no key material.
   */
  importSigningKey(jwk: PrivateJwk, alg: SignatureAlgorithm, kid: string): MaybePromise<SigningKey>
  /**
   * Makes a key for `alg` from the platform's own randomness; without `kid`. RSA keys have 2048
   * bits.
   */
  generateKey(alg: SignatureAlgorithm): MaybePromise<PrivateJwk>
  /**
   * Signs the UTF-8 octets of `signingInput`; the signature is in the form of RFC 7518 section 3.
   */
  sign(key: SigningKey, signingInput: string): MaybePromise<Uint8Array>
  /**
   * Tells whether `signature` is the key's signature over `signingInput`. A signature of the wrong
   * length, in DER, or with an ECDSA integer outside its range is not, and is refused before the
   * crypto library sees it.
   */
  verify(key: VerificationKey, signingInput: string, signature: Uint8Array): MaybePromise<boolean>
  /** The SHA-256 of some octets: 32 octets. */
  sha256(bytes: Uint8Array): MaybePromise<Uint8Array>
}

/** An engine that answers in place. */
export interface SynchronousSignatureEngine extends SignatureEngine {
  importVerificationKey(jwk: PublicJwk, alg: SignatureAlgorithm): VerificationKey
  importSigningKey(jwk: PrivateJwk, alg: SignatureAlgorithm, kid: string): SigningKey
  generateKey(alg: SignatureAlgorithm): PrivateJwk
  sign(key: SigningKey, signingInput: string): Uint8Array
  verify(key: VerificationKey, signingInput: string, signature: Uint8Array): boolean
  sha256(bytes: Uint8Array): Uint8Array
}
