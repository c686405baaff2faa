/**
 * Signatures of external signers, for whoever is content with one that comes later.
 *
 * Invariants
 *  (1) At most `externalSignaturesMax` are asked for at the same time and `externalSignaturesWaitingMax` wait; beyond
 *      it the answer is no, at once.
 *  (2) From being asked for to the answer it takes at most `externalSignatureMsMax`, whatever the signer does.
 *  (3) No signature is handed on that the published key does not verify: a signer with another key, or one that writes
 *      DER, makes failures and no bad tokens.
 */
import type {
  PrivateJwk,
  PublicJwk,
  SignatureAlgorithm,
  SignatureEngine,
  SigningKey,
  SynchronousSignatureEngine,
  VerificationKey,
} from '@mintmark/jwt'
import type { Clock, Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import {
  externalSignatureMsMax,
  externalSignaturesMax,
  externalSignaturesWaitingMax,
} from '../limits.ts'
import type { ExternalSigner } from './external-signer.ts'
import type { SignatureFailure } from './signature-failure.ts'

/** What a signing key has in place of a private key: who signs, if this node knows, and how that is verified. */
export class ExternalKey {
  readonly signer: ExternalSigner | undefined
  readonly verification: VerificationKey

  constructor(signer: ExternalSigner | undefined, verification: VerificationKey) {
    this.signer = signer
    this.verification = verification
  }
}

/** The signing key's external key; `undefined` for one that signs in place. */
export function externalKeyOf(key: SigningKey): ExternalKey | undefined {
  return key.native instanceof ExternalKey ? key.native : undefined
}

/** There is no signature: too many wait, the signer failed or was too slow, or signed something else. */
export class SignatureUnavailableError extends Error {
  override readonly name = 'SignatureUnavailableError'
}

/** A signature engine that knows external keys, too: those answer with promises, the others in place. */
export class ExternalSignatures implements SignatureEngine {
  readonly name = 'node'
  readonly #engine: SynchronousSignatureEngine
  readonly #clock: Clock
  readonly #observer: Observer<AuthorizationServerEvent>
  readonly #encoder = new TextEncoder()
  readonly #waiting: (() => void)[] = []
  #underWay = 0

  constructor(
    engine: SynchronousSignatureEngine,
    clock: Clock,
    observer: Observer<AuthorizationServerEvent>,
  ) {
    this.#engine = engine
    this.#clock = clock
    this.#observer = observer
  }

  /** Signs in place, or by whoever keeps the key; then it may reject with {@link SignatureUnavailableError}. */
  sign(key: SigningKey, signingInput: string): Uint8Array | Promise<Uint8Array> {
    const external = externalKeyOf(key)
    if (external === undefined) return this.#engine.sign(key, signingInput)
    return this.#signElsewhere(external, key.kid, signingInput)
  }

  importVerificationKey(jwk: PublicJwk, alg: SignatureAlgorithm): VerificationKey {
    return this.#engine.importVerificationKey(jwk, alg)
  }

  importSigningKey(jwk: PrivateJwk, alg: SignatureAlgorithm, kid: string): SigningKey {
    return this.#engine.importSigningKey(jwk, alg, kid)
  }

  generateKey(alg: SignatureAlgorithm): PrivateJwk {
    return this.#engine.generateKey(alg)
  }

  verify(key: VerificationKey, signingInput: string, signature: Uint8Array): boolean {
    return this.#engine.verify(key, signingInput, signature)
  }

  sha256(bytes: Uint8Array): Uint8Array {
    return this.#engine.sha256(bytes)
  }

  async #signElsewhere(
    { signer, verification }: ExternalKey,
    kid: string,
    signingInput: string,
  ): Promise<Uint8Array> {
    if (signer === undefined) throw this.#failed(kid, 'signer_missing')
    if (this.#waiting.length >= externalSignaturesWaitingMax) throw this.#failed(kid, 'overloaded')
    const controller = new AbortController()
    const { signal } = controller
    const deadline = this.#clock.schedule(externalSignatureMsMax, () => controller.abort())
    try {
      await this.#turn(signal)
      const signature = await this.#asked(signer, signingInput, signal)
      if (this.#engine.verify(verification, signingInput, signature)) return signature
      throw this.#failed(kid, 'wrong_signature')
    } catch (error) {
      if (error instanceof SignatureUnavailableError) throw error
      throw this.#failed(kid, signal.aborted ? 'timed_out' : 'signer_failed')
    } finally {
      deadline.cancel()
    }
  }

  /** Asks the signer, for as long as somebody waits; then its place is free, whatever the signer still does. */
  async #asked(
    signer: ExternalSigner,
    signingInput: string,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    try {
      return await Promise.race([
        signer.sign(this.#encoder.encode(signingInput), signal),
        aborted(signal),
      ])
    } finally {
      this.#leave()
    }
  }

  /** Waits for a place, which whoever leaves hands on. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#underWay < externalSignaturesMax) {
      this.#underWay += 1
      return
    }
    let grant: () => void = () => undefined
    let isGranted = false
    const granted = new Promise<void>((resolve) => {
      grant = () => {
        isGranted = true
        resolve()
      }
    })
    this.#waiting.push(grant)
    try {
      await Promise.race([granted, aborted(signal)])
    } catch (error) {
      if (isGranted) this.#leave()
      else this.#waiting.splice(this.#waiting.indexOf(grant), 1)
      throw error
    }
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#underWay -= 1
    else next()
  }

  #failed(kid: string, failure: SignatureFailure): SignatureUnavailableError {
    this.#observer({ type: 'external_signature_failed', kid, failure })
    return new SignatureUnavailableError(`no signature by the external signer: ${failure}`)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(new Error('the time is over'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
