/**
 * A DPoP proof at the token endpoint (RFC 9449 section 4.3), judged but for its freshness.
 *
 * Invariants
 *  (1) Claims are looked at behind a right signature only.
 *  (2) The key comes from the proof itself and is worth nothing beyond it: its thumbprint is what the token is bound
 *      to. A key that has a private part is refused: whoever sends that has lost it.
 *  (3) Only keys that have signed something are remembered, each under its exact header; at most
 *      `proofKeysRememberedMax` of them.
 */
import {
  type CompactJws,
  jwkThumbprint,
  parseClaims,
  parseCompact,
  parseHeaderObject,
  parsePublicJwk,
  type SynchronousSignatureEngine,
  type VerificationKey,
} from '@mintmark/jwt'
import { isJsonObject, type JsonObject, member, textMember } from '@mintmark/protocol'
import { proofKeysRememberedMax, proofLengthMax } from '../limits.ts'
import type { RefusalReason } from '../refusal.ts'
import { normalisedTarget } from './proof-target.ts'

/** A proof that is what it should be, fresh or not. */
export interface DpopProof {
  /** `jkt`: the thumbprint of its key (RFC 7638). */
  readonly keyThumbprint: string
  readonly jti: string
  readonly issuedAtSeconds: number
  readonly nonce: string | undefined
}

/** A proof, or why it proves nothing. */
export type JudgedProof =
  | { readonly ok: true; readonly proof: DpopProof }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Judges proofs for POST requests to one URL. */
export type ProofJudge = (proof: string) => JudgedProof

interface ProofKey {
  readonly key: VerificationKey
  readonly thumbprint: string
}

/** Makes the judge of proofs for `target`, a normalised URL. */
export function createProofJudge(target: string, engine: SynchronousSignatureEngine): ProofJudge {
  const keys = new Map<string, ProofKey>()
  return (text) => {
    const jws = text.length > proofLengthMax ? undefined : parseCompact(text)
    if (!jws?.ok || jws.value.header.typ !== 'dpop+jwt') return refused('dpop_proof_malformed')
    const header = text.slice(0, text.indexOf('.'))
    const proofKey = keys.get(header) ?? keyIn(header, jws.value, engine)
    if (proofKey === undefined) return refused('dpop_proof_malformed')
    const { signingInput, signature, payload } = jws.value
    if (!engine.verify(proofKey.key, signingInput, signature)) {
      return refused('dpop_proof_signature_wrong')
    }
    remember(keys, header, proofKey)
    const claims = parseClaims(payload)
    return claims.ok
      ? judgeClaims(claims.value, target, proofKey.thumbprint)
      : refused('dpop_proof_malformed')
  }
}

function judgeClaims(claims: JsonObject, target: string, keyThumbprint: string): JudgedProof {
  const [jti, htm, htu] = [
    textMember(claims, 'jti'),
    textMember(claims, 'htm'),
    textMember(claims, 'htu'),
  ]
  const iat = member(claims, 'iat')
  const nonce = member(claims, 'nonce')
  if (jti === undefined || jti === '' || htm === undefined || htu === undefined) {
    return refused('dpop_proof_malformed')
  }
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return refused('dpop_proof_malformed')
  if (nonce !== undefined && typeof nonce !== 'string') return refused('dpop_proof_malformed')
  if (htm !== 'POST' || normalisedTarget(htu) !== target) return refused('dpop_proof_misdirected')
  return { ok: true, proof: { keyThumbprint, jti, issuedAtSeconds: iat, nonce } }
}

/** The public key in a header (RFC 9449 section 4.2); `undefined` for one that cannot have made such a signature. */
function keyIn(
  headerSegment: string,
  { header }: CompactJws,
  engine: SynchronousSignatureEngine,
): ProofKey | undefined {
  const members = parseHeaderObject(headerSegment)
  const jwk = members.ok ? member(members.value, 'jwk') : undefined
  const key = isJsonObject(jwk) ? parsePublicJwk(jwk) : undefined
  if (!key?.ok || (key.value.alg ?? header.alg) !== header.alg) return undefined
  try {
    return {
      key: engine.importVerificationKey(key.value, header.alg),
      thumbprint: jwkThumbprint(key.value, engine),
    }
  } catch {
    // A key of another type than the algorithm's, or no point of its curve.
    return undefined
  }
}

function remember(keys: Map<string, ProofKey>, header: string, key: ProofKey): void {
  if (keys.has(header)) return
  if (keys.size >= proofKeysRememberedMax) {
    const { value: oldest } = keys.keys().next()
    if (oldest !== undefined) keys.delete(oldest)
  }
  // Written anew: a slice would keep the whole header field in memory.
  keys.set(Buffer.from(header, 'latin1').toString('latin1'), key)
}

function refused(reason: RefusalReason): JudgedProof {
  return { ok: false, reason }
}
