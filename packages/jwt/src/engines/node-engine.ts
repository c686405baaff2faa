/**
 * The signature engine on Node's own crypto module: synchronous, because handing a signature of 25
 * microseconds to a thread pool or to WebCrypto costs more than it frees. The module is asked for
 * at run time, so that this file loads on platforms that have none.
 */
import { invariant } from '@mintmark/runtime'
import {
  type AlgorithmEntry,
  entryOf,
  type KeyShape,
  type SignatureAlgorithm,
} from '../algorithms.ts'
import { derFromSignature, signatureFromDer } from '../ecdsa-signature.ts'
import { generatedJwk } from '../generated-jwk.ts'
import type { PrivateJwk, PublicJwk } from '../jwk.ts'
import { KeyImportError } from '../key-import-error.ts'
import { privateMaterialOf, publicMaterialOf } from '../key-material.ts'
import { rsaModulusBitsGenerated } from '../limits.ts'
import type {
  SigningKey,
  SynchronousSignatureEngine,
  VerificationKey,
} from '../signature-engine.ts'
import { hasSignatureForm } from '../signature-form.ts'

type NodeModules = NonNullable<ReturnType<typeof loadNodeModules>>
type NodeCrypto = NodeModules['crypto']
type NodeBuffer = NodeModules['buffer']['Buffer']
type KeyObject = ReturnType<NodeCrypto['createPublicKey']>

/** The engine on `node:crypto`, or `undefined` where the platform has no such module. */
export function nodeEngine(): SynchronousSignatureEngine | undefined {
  const modules = loadNodeModules()
  return modules === undefined ? undefined : new NodeEngine(modules)
}

function loadNodeModules() {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto')
  const buffer = globalThis.process?.getBuiltinModule?.('node:buffer')
  return crypto === undefined || buffer === undefined ? undefined : { crypto, buffer }
}

/** What `native` holds in the keys of this engine. */
class NodeKey {
  readonly entry: AlgorithmEntry
  /**
   * The key, with the options of RSA-PSS where the algorithm has any: a bare key object is faster.
   */
  readonly input: KeyObject | { key: KeyObject; padding: number; saltLength: number }
  readonly modulusBits: number | undefined

  constructor(crypto: NodeCrypto, entry: AlgorithmEntry, key: KeyObject) {
    this.entry = entry
    this.modulusBits = key.asymmetricKeyDetails?.modulusLength
    this.input =
      entry.pssSaltBytes === undefined
        ? key
        : {
            key,
            padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
            saltLength: entry.pssSaltBytes,
          }
  }
}

const keyPairGenerators: Readonly<
  Record<KeyShape['kty'], (crypto: NodeCrypto) => { privateKey: KeyObject }>
> = {
  EC: (crypto) => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  OKP: (crypto) => crypto.generateKeyPairSync('ed25519'),
  RSA: (crypto) => crypto.generateKeyPairSync('rsa', { modulusLength: rsaModulusBitsGenerated }),
}

class NodeEngine implements SynchronousSignatureEngine {
  readonly name = 'node'
  readonly #crypto: NodeCrypto
  /** Encodes text in a third of the time a TextEncoder takes, and has room at hand for a few octets. */
  readonly #buffer: NodeBuffer

  constructor(modules: NodeModules) {
    this.#crypto = modules.crypto
    this.#buffer = modules.buffer.Buffer
  }

  importVerificationKey(jwk: PublicJwk, alg: SignatureAlgorithm): VerificationKey {
    const entry = entryOf(alg)
    const key = this.#import(jwk, entry, () =>
      this.#crypto.createPublicKey({ key: publicMaterialOf(jwk, entry.key), format: 'jwk' }),
    )
    return { alg, kid: jwk.kid, native: new NodeKey(this.#crypto, entry, key) }
  }

  importSigningKey(jwk: PrivateJwk, alg: SignatureAlgorithm, kid: string): SigningKey {
    const entry = entryOf(alg)
    const key = this.#import(jwk, entry, () =>
      this.#crypto.createPrivateKey({ key: privateMaterialOf(jwk, entry.key), format: 'jwk' }),
    )
    const signingKey = { alg, kid, native: new NodeKey(this.#crypto, entry, key) }
    const verificationKey = this.importVerificationKey(jwk, alg)
    if (!this.verify(verificationKey, kid, this.sign(signingKey, kid))) {
      throw new KeyImportError(alg, kid)
    }
    return signingKey
  }

  generateKey(alg: SignatureAlgorithm): PrivateJwk {
    const { privateKey } = keyPairGenerators[entryOf(alg).key.kty](this.#crypto)
    return generatedJwk(privateKey.export({ format: 'jwk' }), alg)
  }

  sign(key: SigningKey, signingInput: string): Uint8Array {
    const { entry, input } = nodeKeyOf(key)
    const octets = this.#buffer.from(signingInput, 'utf8')
    const signature = this.#crypto.sign(entry.nodeDigest, octets, input)
    return entry.ecdsa === undefined ? signature : signatureFromDer(signature, entry.ecdsa)
  }

  verify(key: VerificationKey, signingInput: string, signature: Uint8Array): boolean {
    const { entry, input, modulusBits } = nodeKeyOf(key)
    if (!hasSignatureForm(signature, entry, modulusBits)) return false
    const octets = this.#buffer.from(signingInput, 'utf8')
    const presented =
      entry.ecdsa === undefined
        ? signature
        : derFromSignature(signature, entry.ecdsa, this.#buffer.allocUnsafe)
    return this.#crypto.verify(entry.nodeDigest, octets, input, presented)
  }

  sha256(bytes: Uint8Array): Uint8Array {
    return this.#crypto.createHash('sha256').update(bytes).digest()
  }

  #import(jwk: PublicJwk, entry: AlgorithmEntry, createKey: () => KeyObject): KeyObject {
    if (jwk.kty !== entry.key.kty) throw new KeyImportError(entry.name, jwk.kid)
    try {
      return createKey()
    } catch {
      throw new KeyImportError(entry.name, jwk.kid)
    }
  }
}

function nodeKeyOf(key: VerificationKey | SigningKey): NodeKey {
  invariant(key.native instanceof NodeKey, 'a key is used with the engine that imported it')
  return key.native
}
