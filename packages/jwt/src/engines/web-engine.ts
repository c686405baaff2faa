/**
 * The signature engine on WebCrypto, for platforms whose own crypto module is missing or
 * incomplete. Ed25519 there is younger than the rest: where the platform lacks it, importing such a
 * key fails.
 */
import { invariant } from '@mintmark/runtime'
import { type AlgorithmEntry, entryOf, type SignatureAlgorithm } from '../algorithms.ts'
import { generatedJwk } from '../generated-jwk.ts'
import type { PrivateJwk, PublicJwk } from '../jwk.ts'
import { KeyImportError } from '../key-import-error.ts'
import { privateMaterialOf, publicMaterialOf } from '../key-material.ts'
import { rsaModulusBitsGenerated } from '../limits.ts'
import type { SignatureEngine, SigningKey, VerificationKey } from '../signature-engine.ts'
import { hasSignatureForm } from '../signature-form.ts'

type SubtleCrypto = typeof globalThis.crypto.subtle
type CryptoKey = Awaited<ReturnType<SubtleCrypto['importKey']>>

/**
 * The engine on `crypto.subtle`. Throws a `TypeError` where the platform has none (an insecure
 * context).
 */
export function webEngine(): SignatureEngine {
  const subtle = globalThis.crypto?.subtle
  if (subtle === undefined) throw new TypeError('This platform has no crypto.subtle')
  return new WebEngine(subtle)
}

/** What `native` holds in the keys of this engine. */
class WebKey {
  readonly entry: AlgorithmEntry
  readonly key: CryptoKey
  readonly modulusBits: number | undefined

  constructor(entry: AlgorithmEntry, key: CryptoKey) {
    this.entry = entry
    this.key = key
    const { modulusLength } = key.algorithm as { modulusLength?: number }
    this.modulusBits = modulusLength
  }
}

class WebEngine implements SignatureEngine {
  readonly name = 'web'
  readonly #subtle: SubtleCrypto
  readonly #encoder = new TextEncoder()

  constructor(subtle: SubtleCrypto) {
    this.#subtle = subtle
  }

  async importVerificationKey(jwk: PublicJwk, alg: SignatureAlgorithm): Promise<VerificationKey> {
    const entry = entryOf(alg)
    const key = await this.#import(jwk, entry, publicMaterialOf(jwk, entry.key), 'verify')
    return { alg, kid: jwk.kid, native: new WebKey(entry, key) }
  }

  async importSigningKey(
    jwk: PrivateJwk,
    alg: SignatureAlgorithm,
    kid: string,
  ): Promise<SigningKey> {
    const entry = entryOf(alg)
    const key = await this.#import(jwk, entry, privateMaterialOf(jwk, entry.key), 'sign')
    const signingKey = { alg, kid, native: new WebKey(entry, key) }
    const verificationKey = await this.importVerificationKey(jwk, alg)
    if (!(await this.verify(verificationKey, kid, await this.sign(signingKey, kid)))) {
      throw new KeyImportError(alg, kid)
    }
    return signingKey
  }

  async generateKey(alg: SignatureAlgorithm): Promise<PrivateJwk> {
    const entry = entryOf(alg)
    const parameters = {
      modulusLength: rsaModulusBitsGenerated,
      publicExponent: Uint8Array.of(1, 0, 1),
      ...entry.webKeyAlgorithm,
    }
    const made = await this.#subtle.generateKey(parameters, true, ['sign', 'verify'])
    invariant('privateKey' in made, 'an asymmetric algorithm makes a pair of keys')
    return generatedJwk(await this.#subtle.exportKey('jwk', made.privateKey), alg)
  }

  async sign(key: SigningKey, signingInput: string): Promise<Uint8Array> {
    const { entry, key: native } = webKeyOf(key)
    const octets = this.#encoder.encode(signingInput)
    return new Uint8Array(await this.#subtle.sign(entry.webSignatureAlgorithm, native, octets))
  }

  async verify(
    key: VerificationKey,
    signingInput: string,
    signature: Uint8Array,
  ): Promise<boolean> {
    const { entry, key: native, modulusBits } = webKeyOf(key)
    if (!hasSignatureForm(signature, entry, modulusBits)) return false
    const octets = this.#encoder.encode(signingInput)
    return this.#subtle.verify(
      entry.webSignatureAlgorithm,
      native,
      new Uint8Array(signature),
      octets,
    )
  }

  async sha256(bytes: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await this.#subtle.digest('SHA-256', new Uint8Array(bytes)))
  }

  async #import(
    jwk: PublicJwk,
    entry: AlgorithmEntry,
    material: Readonly<Record<string, string>>,
    usage: 'sign' | 'verify',
  ): Promise<CryptoKey> {
    if (jwk.kty !== entry.key.kty) throw new KeyImportError(entry.name, jwk.kid)
    try {
      return await this.#subtle.importKey('jwk', material, entry.webKeyAlgorithm, false, [usage])
    } catch {
      throw new KeyImportError(entry.name, jwk.kid)
    }
  }
}

function webKeyOf(key: VerificationKey | SigningKey): WebKey {
  invariant(key.native instanceof WebKey, 'a key is used with the engine that imported it')
  return key.native
}
