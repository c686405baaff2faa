/**
 * The nonces for DPoP proofs (RFC 9449 sections 8 and 9): the same on every node that has the key, and nowhere stored.
 * Each is a MAC of the minute in which it is new, so nobody without the key can make one for a minute to come.
 *
 * Invariant: a nonce is accepted from the minute before its own, for a node whose clock is ahead, to the fourth after.
 */
import { invariant } from '@mintmark/runtime'
import { encodeBase64url } from '../base64url.ts'
import { proofNonceStepSeconds, proofNonceStepsBack } from '../limits.ts'
import type {
  MaybePromise,
  SignatureEngine,
  SynchronousSignatureEngine,
} from '../signature-engine.ts'

/** The nonces that count at one instant. */
export interface NonceWindow {
  /** The one to hand out now. */
  readonly current: string
  accepts(nonce: string): boolean
}

/** The nonces that count at an instant of the wall clock, in milliseconds. Answers in place but once a minute. */
export type ProofNonces = (nowWallMs: number) => MaybePromise<NonceWindow>

/** {@link ProofNonces} that always answer in place. */
export type SynchronousProofNonces = (nowWallMs: number) => NonceWindow

/** How long after it was made a nonce can be accepted at most, in seconds. */
export const proofNonceSecondsMax = (proofNonceStepsBack + 2) * proofNonceStepSeconds

/** The key that nonces are made with, in bytes: a whole digest, and at most a block of SHA-256. */
export const proofNonceKeyBytes = { min: 32, max: 64 } as const

const NONCE_BYTES = 16
const BLOCK_BYTES = 64
const STEPS_AHEAD = 1

/** Makes the nonces of whoever has `key`, which has 32 to 64 bytes and is used for nothing else. */
export function createProofNonces(
  key: Uint8Array,
  engine: SynchronousSignatureEngine,
): SynchronousProofNonces
export function createProofNonces(key: Uint8Array, engine: SignatureEngine): ProofNonces
export function createProofNonces(key: Uint8Array, engine: SignatureEngine): ProofNonces {
  const { min, max } = proofNonceKeyBytes
  invariant(key.length >= min && key.length <= max, 'the key for nonces has its size')
  const own = new Uint8Array(key)
  let known: { readonly step: number; readonly window: NonceWindow } | undefined

  function keep(step: number, newestFirst: readonly string[]): NonceWindow {
    const window: NonceWindow = {
      current: newestFirst[STEPS_AHEAD] as string,
      accepts: (nonce) => newestFirst.includes(nonce),
    }
    known = { step, window }
    return window
  }

  return (nowWallMs) => {
    const step = Math.floor(nowWallMs / 1000 / proofNonceStepSeconds)
    if (known?.step === step) return known.window
    const nonces = Array.from({ length: proofNonceStepsBack + STEPS_AHEAD + 1 }, (_, at) =>
      nonceOf(own, step + STEPS_AHEAD - at, engine),
    )
    return isInPlace(nonces)
      ? keep(step, nonces)
      : Promise.all(nonces).then((all) => keep(step, all))
  }
}

function isInPlace(nonces: readonly MaybePromise<string>[]): nonces is readonly string[] {
  return nonces.every((nonce) => typeof nonce === 'string')
}

/** HMAC-SHA-256 (RFC 2104) of the step in decimal, cut to 128 bits. */
function nonceOf(key: Uint8Array, step: number, engine: SignatureEngine): MaybePromise<string> {
  const inner = engine.sha256(joined(padded(key, 0x36), new TextEncoder().encode(String(step))))
  const outer = (digest: Uint8Array) => engine.sha256(joined(padded(key, 0x5c), digest))
  const mac = inner instanceof Promise ? inner.then(outer) : outer(inner)
  return mac instanceof Promise ? mac.then(asNonce) : asNonce(mac)
}

function asNonce(mac: Uint8Array): string {
  return encodeBase64url(mac.subarray(0, NONCE_BYTES))
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(key)
  return block.map((octet) => octet ^ pad)
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}
