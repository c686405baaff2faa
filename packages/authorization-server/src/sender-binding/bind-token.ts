/**
 * To what a token is bound: to the key of a DPoP proof (RFC 9449), to the certificate of the connection (RFC 8705), to
 * both, or to nothing.
 *
 * Invariants
 *  (1) A token that has to be bound is bound or refused. Only a shadowed policy lets it go unbound, and says so.
 *  (2) A proof is never ignored: whoever sends one gets a token bound to its key, or a refusal.
 *  (3) A proof counts once per key and URL. It is used up last, when everything else about it is right.
 *  (4) A proof is fresh by a nonce of ours, or by its `iat` when it has none. An `iat` out of the window asks for a
 *      nonce, which says the same without clocks.
 */
import {
  type DpopProof,
  type MaybePromise,
  type NonceWindow,
  type ProofViolation,
  proofNonceSecondsMax,
  type SynchronousProofJudge,
  type SynchronousProofNonces,
} from '@mintmark/jwt'
import type { Confirmation } from '@mintmark/protocol'
import { type EndpointRequest, severalHeaders } from '../http/endpoint.ts'
import { proofAgeSecondsMax, proofAheadSecondsMax } from '../limits.ts'
import type { RefusalReason } from '../refusal.ts'

/** Whether proofs must have a nonce: always, or only where a clock is doubtful. */
export const proofNonceModes = ['required', 'optional'] as const

/** One of {@link proofNonceModes}. */
export type ProofNonceMode = (typeof proofNonceModes)[number]

/** What a token has to be bound to. */
export interface RequiredBinding {
  readonly proof: boolean
  readonly certificate: boolean
}

/** Whether a proof is used for the first time; `full` and `unavailable` mean that nobody can tell. */
export type ProofUse = 'first' | 'repeated' | 'full' | 'unavailable'

/** Remembers proofs that were used. The replay guard of client assertions is one. */
export interface ProofMemory {
  consume(use: {
    readonly method: string
    readonly clientId: string
    readonly jti: string
    readonly refusedFromWallMs: number
  }): MaybePromise<ProofUse>
}

/** What binding needs. */
export interface BindingWorld {
  readonly judgeProof: SynchronousProofJudge
  /** The URL that proofs are for, normalised. */
  readonly proofTarget: string
  /** Where they may be for, too. */
  readonly proofTargetAlias: string | undefined
  readonly proofNonces: SynchronousProofNonces
  readonly proofNonceMode: ProofNonceMode
  readonly proofMemory: ProofMemory
  readonly thumbprintOf: (der: Uint8Array) => string
}

/** The binding of one token, or why there is none. */
export type Binding =
  | {
      readonly ok: true
      /** `undefined`: the token is not bound. */
      readonly confirmation: Confirmation | undefined
      /** The nonce for the next proof, where the caller's is about to end. */
      readonly nextNonce: string | undefined
    }
  | {
      readonly ok: false
      readonly reason: RefusalReason
      /** With `use_dpop_nonce`: the nonce to use. */
      readonly nextNonce: string | undefined
    }

/**
 * Binds the token of `request`.
 *
 * @param isEnforced - Asked when something required is missing: whether that is a reason to refuse.
 */
export function bindToken(
  request: EndpointRequest,
  required: RequiredBinding,
  isEnforced: (reason: RefusalReason) => boolean,
  world: BindingWorld,
  nowWallMs: number,
): MaybePromise<Binding> {
  const certificate = required.certificate ? request.certificate() : undefined
  if (
    required.certificate &&
    certificate === undefined &&
    isEnforced('binding_certificate_missing')
  ) {
    return refused('binding_certificate_missing')
  }
  const bound = certificate && { 'x5t#S256': world.thumbprintOf(certificate.der) }
  const header = request.header('dpop')
  if (header === severalHeaders) return refused('dpop_headers_several')
  if (header !== undefined) return bindToProof(header, bound, world, nowWallMs)
  if (required.proof && isEnforced('dpop_proof_missing')) return refused('dpop_proof_missing')
  return { ok: true, confirmation: bound, nextNonce: undefined }
}

function bindToProof(
  header: string,
  bound: Confirmation | undefined,
  world: BindingWorld,
  nowWallMs: number,
): MaybePromise<Binding> {
  const judged = judge(header, world)
  if (!judged.ok) return refused(violated[judged.violation])
  const { proof } = judged
  const nonces = world.proofNonces(nowWallMs)
  const { current } = nonces
  const doubt = doubtAbout(proof, nonces, world.proofNonceMode, nowWallMs)
  if (doubt !== undefined) return { ok: false, reason: doubt, nextNonce: current }
  const conclude = (use: ProofUse): Binding => {
    if (use !== 'first') return refused(unusable[use])
    return {
      ok: true,
      confirmation: { ...bound, jkt: proof.keyThumbprint },
      nextNonce: proof.nonce === undefined || proof.nonce === current ? undefined : current,
    }
  }
  const use = world.proofMemory.consume({
    method: 'dpop',
    clientId: proof.keyThumbprint,
    jti: proof.jti,
    refusedFromWallMs: refusedFromWallMs(proof, nowWallMs),
  })
  return use instanceof Promise ? use.then(conclude) : conclude(use)
}

/** A proof is for one address of the token endpoint; for a connection that has shown a certificate, often the alias. */
function judge(header: string, world: BindingWorld): ReturnType<SynchronousProofJudge> {
  const { judgeProof, proofTarget, proofTargetAlias } = world
  const judged = judgeProof(header, 'POST', proofTarget)
  const isElsewhere = !judged.ok && judged.violation === 'misdirected'
  if (!isElsewhere || proofTargetAlias === undefined) return judged
  return judgeProof(header, 'POST', proofTargetAlias)
}

/** Why a proof may not be fresh. */
function doubtAbout(
  { nonce, issuedAtSeconds }: DpopProof,
  nonces: NonceWindow,
  proofNonceMode: ProofNonceMode,
  nowWallMs: number,
): RefusalReason | undefined {
  if (nonce !== undefined) {
    return nonces.accepts(nonce) ? undefined : 'dpop_nonce_unknown'
  }
  if (proofNonceMode === 'required') return 'dpop_nonce_missing'
  const ageSeconds = nowWallMs / 1000 - issuedAtSeconds
  const isInWindow = ageSeconds < proofAgeSecondsMax && ageSeconds >= -proofAheadSecondsMax
  return isInWindow ? undefined : 'dpop_proof_stale'
}

/** From when on the proof would be refused for its age anyway. */
function refusedFromWallMs({ nonce, issuedAtSeconds }: DpopProof, nowWallMs: number): number {
  if (nonce !== undefined) return nowWallMs + proofNonceSecondsMax * 1000
  return (issuedAtSeconds + proofAgeSecondsMax) * 1000
}

const violated = {
  malformed: 'dpop_proof_malformed',
  signature_wrong: 'dpop_proof_signature_wrong',
  misdirected: 'dpop_proof_misdirected',
} as const satisfies Record<ProofViolation, RefusalReason>

const unusable = {
  repeated: 'dpop_proof_replayed',
  full: 'overloaded',
  unavailable: 'replay_store_unavailable',
} as const satisfies Record<Exclude<ProofUse, 'first'>, RefusalReason>

function refused(reason: RefusalReason): Binding {
  return { ok: false, reason, nextNonce: undefined }
}
