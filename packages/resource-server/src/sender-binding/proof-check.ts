/**
 * Whether a request proves possession of the key that its token is bound to (RFC 9449 sections 4.3, 7 and 9).
 *
 * Invariants
 *  (1) Exactly one proof, for this method, this URL, this token and with the key of the token, or a refusal.
 *  (2) A proof is fresh by a nonce of ours, or by its `iat` when nonces are not asked for. An `iat` out of the window
 *      asks for a nonce where there are any, which says the same without clocks.
 *  (3) A proof counts once per key and URL. It is looked at for use last, when everything else about it is right, so
 *      that nobody without the key can use one up, or fill the memory. Whoever checks says when it counts: in between,
 *      others are refused with it.
 *  (4) Where memory ends or a store is away nobody is admitted on a guess: that is an outage, and told as one.
 */
import {
  createProofJudge,
  type DpopProof,
  encodeBase64url,
  type NonceWindow,
  type ProofJudge,
  type ProofNonces,
  type ProofViolation,
  proofNonceSecondsMax,
  type SignatureEngine,
} from '@mintmark/jwt'
import type { BegunUse, ReplayLedger, ReplayVerdict } from '@mintmark/limits'
import type { Clock } from '@mintmark/runtime'
import type { Announce } from '../guard.ts'
import { fieldValues } from '../guarded-request.ts'
import { proofAheadSecondsMax, proofFullRetrySeconds, proofStoreRetrySeconds } from '../limits.ts'
import type { PresentedToken } from '../presented-token.ts'
import type { SenderViolation } from '../refusal.ts'
import type { PublicTarget } from './public-target.ts'
import type { SenderObstacle } from './sender-obstacle.ts'

/** Whether proofs must have a nonce: always, or only where a clock is doubtful. */
export type DpopNonceMode = 'required' | 'optional'

/** What proofs are checked with. */
export interface ProofCheckParts {
  readonly targetOf: PublicTarget
  readonly ageSecondsMax: number
  /** `undefined`: this guard gives no nonces, and looks at none. */
  readonly nonces: { readonly mode: DpopNonceMode; readonly at: ProofNonces } | undefined
  readonly ledger: ReplayLedger
  readonly engine: SignatureEngine
  readonly clock: Clock
}

/** Whose proof is expected. */
export interface ProofHolder {
  /** `jkt` of the token. */
  readonly keyThumbprint: string
  /** Who shares in the memory of used proofs: tells one client of one issuer from all others. */
  readonly client: string
}

/** A right proof that nobody has used here. One of both is to be called, once. */
export interface UnusedProof {
  /** Makes it count; something against that is told. */
  use(): Promise<SenderObstacle | undefined>
  /** Leaves it unused: it may come again. */
  withdraw(): void
}

/**
 * Checks the proof beside a token.
 *
 * @param announce - Told `DPoP-Nonce` when the nonce in an accepted proof is about to end.
 */
export type ProofCheck = (
  presented: PresentedToken,
  holder: ProofHolder,
  announce: Announce | undefined,
) => Promise<SenderObstacle | UnusedProof>

/** Makes the check of one guard. */
export function createProofCheck(parts: ProofCheckParts): ProofCheck {
  const { targetOf, ledger, engine, clock, ageSecondsMax } = parts
  const judge = createProofJudge(engine)

  return async (presented, { keyThumbprint, client }, announce) => {
    const { request, token } = presented
    const target = targetOf(request)
    const judged = await judgeOnly(fieldValues(request, FIELD), request.method, target, judge)
    if ('code' in judged) return judged
    if (judged.keyThumbprint !== keyThumbprint) return { code: 'proof_key_mismatch' }
    if (judged.accessTokenHash !== (await hashOf(token.reveal(), engine))) {
      return { code: 'proof_token_mismatch' }
    }
    const nowWallMs = clock.wallMs()
    const window = await parts.nonces?.at(nowWallMs)
    const doubt = doubtAbout(judged, parts, window, nowWallMs)
    if (doubt !== undefined) return doubt
    const begun = ledger.begin({
      key: await hashOf(JSON.stringify([keyThumbprint, judged.jti, target]), engine),
      expiresAtWallMs: refusedFromWallMs(judged, window, ageSecondsMax, nowWallMs),
      holder: client,
    })
    return typeof begun === 'string'
      ? unusable[begun]
      : unusedProof(begun, () => announceNonce(judged, window, announce))
  }
}

/** The field that a proof comes in, in lower case. */
const FIELD = 'dpop'

/** The field that a nonce goes out in, in lower case (RFC 9449 section 8). */
export const NONCE_FIELD = 'dpop-nonce'

function unusedProof(begun: BegunUse, onceUsed: () => void): UnusedProof {
  return {
    async use() {
      const verdict = await begun.commit()
      if (verdict !== 'first') return unusable[verdict]
      onceUsed()
      return undefined
    },
    withdraw: begun.withdraw,
  }
}

function announceNonce(
  { nonce }: DpopProof,
  window: NonceWindow | undefined,
  announce: Announce | undefined,
): void {
  if (window === undefined || nonce === undefined || nonce === window.current) return
  announce?.(NONCE_FIELD, window.current)
}

/** Several fields may arrive joined by a comma, which is no part of a proof. */
async function judgeOnly(
  values: readonly string[],
  method: string | undefined,
  target: string | undefined,
  judge: ProofJudge,
): Promise<DpopProof | { readonly code: SenderViolation }> {
  const [proof] = values
  if (proof === undefined) return { code: 'proof_missing' }
  if (values.length > 1 || proof.includes(',')) return { code: 'proof_repeated' }
  if (method === undefined || target === undefined) return { code: 'proof_misdirected' }
  const judged = await judge(proof, method, target)
  return judged.ok ? judged.proof : { code: violated[judged.violation] }
}

/** Why a proof may not be fresh. */
function doubtAbout(
  { nonce, issuedAtSeconds }: DpopProof,
  { nonces, ageSecondsMax }: ProofCheckParts,
  window: NonceWindow | undefined,
  nowWallMs: number,
): SenderObstacle | undefined {
  if (window !== undefined && nonce !== undefined) {
    if (window.accepts(nonce)) return undefined
    return { code: 'nonce_unknown', nonce: window.current }
  }
  const missing = window && ({ code: 'nonce_missing', nonce: window.current } as const)
  if (nonces?.mode === 'required') return missing
  const ageSeconds = nowWallMs / 1000 - issuedAtSeconds
  const isInWindow = ageSeconds < ageSecondsMax && ageSeconds >= -proofAheadSecondsMax
  return isInWindow ? undefined : (missing ?? { code: 'proof_stale' })
}

/** From when on the proof would be refused for its age anyway. */
function refusedFromWallMs(
  { nonce, issuedAtSeconds }: DpopProof,
  window: NonceWindow | undefined,
  ageSecondsMax: number,
  nowWallMs: number,
): number {
  const isByNonce = window !== undefined && nonce !== undefined
  if (isByNonce) return nowWallMs + proofNonceSecondsMax * 1000
  return Math.ceil((issuedAtSeconds + ageSecondsMax) * 1000)
}

async function hashOf(text: string, engine: SignatureEngine): Promise<string> {
  return encodeBase64url(await engine.sha256(new TextEncoder().encode(text)))
}

const violated = {
  malformed: 'proof_malformed',
  signature_wrong: 'proof_signature_wrong',
  misdirected: 'proof_misdirected',
} as const satisfies Record<ProofViolation, SenderViolation>

const unusable = {
  repeated: { code: 'proof_replayed' },
  full: { code: 'proofs_overflowing', retryAfterSeconds: proofFullRetrySeconds },
  unavailable: { code: 'proof_store_unavailable', retryAfterSeconds: proofStoreRetrySeconds },
} as const satisfies Record<Exclude<ReplayVerdict, 'first'>, SenderObstacle>
