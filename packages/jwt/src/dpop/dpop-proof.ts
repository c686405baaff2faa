/**
 * A DPoP proof (RFC 9449 section 4.3), judged for one request but for its freshness: what is fresh is decided by
 * whoever knows the clock, the nonces and the proofs that were used.
 *
 * Invariants
 *  (1) Claims are looked at behind a right signature only.
 *  (2) The key comes from the proof itself and is worth nothing beyond it: its thumbprint is what a token is bound to.
 *      A key that has a private part is refused: whoever sends that has lost it.
 *  (3) Only keys that have signed something are remembered, each under its exact header; at most
 *      `proofKeysRememberedMax` of them.
 *  (4) On an engine that answers in place, so does the judge.
 */
import { isJsonObject, type JsonObject, member, textMember } from '@mintmark/protocol'
import { parseClaims } from '../claims-set.ts'
import { type CompactJws, parseCompact } from '../compact.ts'
import { parsePublicJwk } from '../jwk.ts'
import { KeyImportError } from '../key-import-error.ts'
import { proofKeysRememberedMax, proofLengthMax } from '../limits.ts'
import { parseHeaderObject } from '../protected-header.ts'
import type {
  MaybePromise,
  SignatureEngine,
  SynchronousSignatureEngine,
  VerificationKey,
} from '../signature-engine.ts'
import { jwkThumbprint } from '../thumbprint.ts'
import { normalisedTarget } from './proof-target.ts'

/** A proof that is what it should be, fresh or not. */
export interface DpopProof {
  /** `jkt`: the thumbprint of its key (RFC 7638). */
  readonly keyThumbprint: string
  readonly jti: string
  readonly issuedAtSeconds: number
  readonly nonce: string | undefined
  /** `ath`: the hash of the access token beside it, as far as the proof says; `undefined` where it is no text. */
  readonly accessTokenHash: string | undefined
}

/** Why a proof proves nothing. `misdirected`: it is for another method or URL. */
export type ProofViolation = 'malformed' | 'signature_wrong' | 'misdirected'

/** A proof, or why it proves nothing. */
export type JudgedProof =
  | { readonly ok: true; readonly proof: DpopProof }
  | { readonly ok: false; readonly violation: ProofViolation }

/**
 * Judges the value of a `DPoP` header field for a request.
 *
 * Refuses more than 4 KiB, several proofs in one value, another `typ` than `dpop+jwt`, an algorithm outside the table,
 * a `jwk` that is missing, private, symmetric or of another kind than the algorithm, a wrong signature, a `jti`, `htm`,
 * `htu` or `iat` that is missing or malformed, and an `htm` or `htu` that is not of this request. Does not check `iat`,
 * `nonce` and `ath`, nor whether the proof was used before, nor whose key it is.
 *
 * @param method - Compared octet by octet.
 * @param target - The URL of the request as {@link normalisedTarget} gives it.
 */
export type ProofJudge = (
  proof: string,
  method: string,
  target: string,
) => MaybePromise<JudgedProof>

/** A {@link ProofJudge} that answers in place. */
export type SynchronousProofJudge = (proof: string, method: string, target: string) => JudgedProof

/** A proof taken apart, and the request that it came with. */
interface PresentedProof {
  readonly jws: CompactJws
  /** The text of its header. */
  readonly header: string
  readonly method: string
  readonly target: string
}

interface ProofKey {
  readonly key: VerificationKey
  readonly thumbprint: string
}

/** Makes a judge with a memory of its own for keys. */
export function createProofJudge(engine: SynchronousSignatureEngine): SynchronousProofJudge
export function createProofJudge(engine: SignatureEngine): ProofJudge
export function createProofJudge(engine: SignatureEngine): ProofJudge {
  const keys = new Map<string, ProofKey>()

  function judgeWith(
    proofKey: ProofKey | undefined,
    proof: PresentedProof,
  ): MaybePromise<JudgedProof> {
    if (proofKey === undefined) return refused('malformed')
    const { signingInput, signature } = proof.jws
    const isSigned = engine.verify(proofKey.key, signingInput, signature)
    return isSigned instanceof Promise
      ? concludeLater(isSigned, proofKey, proof)
      : conclude(isSigned, proofKey, proof)
  }

  function conclude(isSigned: boolean, proofKey: ProofKey, proof: PresentedProof): JudgedProof {
    if (!isSigned) return refused('signature_wrong')
    remember(keys, proof.header, proofKey)
    const claims = parseClaims(proof.jws.payload)
    return claims.ok ? judgeClaims(claims.value, proof, proofKey.thumbprint) : refused('malformed')
  }

  async function concludeLater(
    isSigned: Promise<boolean>,
    proofKey: ProofKey,
    proof: PresentedProof,
  ): Promise<JudgedProof> {
    return conclude(await isSigned, proofKey, proof)
  }

  async function judgeLater(
    proofKey: Promise<ProofKey | undefined>,
    proof: PresentedProof,
  ): Promise<JudgedProof> {
    return judgeWith(await proofKey, proof)
  }

  return (text, method, target) => {
    const jws = text.length > proofLengthMax ? undefined : parseCompact(text)
    if (!jws?.ok || jws.value.header.typ !== 'dpop+jwt') return refused('malformed')
    const header = text.slice(0, text.indexOf('.'))
    const proof = { jws: jws.value, header, method, target }
    const proofKey = keys.get(header) ?? keyIn(header, jws.value, engine)
    return proofKey instanceof Promise ? judgeLater(proofKey, proof) : judgeWith(proofKey, proof)
  }
}

function judgeClaims(
  claims: JsonObject,
  { method, target }: PresentedProof,
  keyThumbprint: string,
): JudgedProof {
  const jti = textMember(claims, 'jti')
  const htm = textMember(claims, 'htm')
  const htu = textMember(claims, 'htu')
  const issuedAtSeconds = member(claims, 'iat')
  const nonce = member(claims, 'nonce')
  const accessTokenHash = textMember(claims, 'ath')
  if (jti === undefined || jti === '' || htm === undefined || htu === undefined) {
    return refused('malformed')
  }
  if (typeof issuedAtSeconds !== 'number' || !Number.isFinite(issuedAtSeconds)) {
    return refused('malformed')
  }
  if (nonce !== undefined && typeof nonce !== 'string') return refused('malformed')
  if (htm !== method || normalisedTarget(htu) !== target) return refused('misdirected')
  return { ok: true, proof: { keyThumbprint, jti, issuedAtSeconds, nonce, accessTokenHash } }
}

/** The public key in a header (RFC 9449 section 4.2); `undefined` for one that cannot have made such a signature. */
function keyIn(
  headerSegment: string,
  { header }: CompactJws,
  engine: SignatureEngine,
): MaybePromise<ProofKey | undefined> {
  const members = parseHeaderObject(headerSegment)
  const jwk = members.ok ? member(members.value, 'jwk') : undefined
  const parsed = isJsonObject(jwk) ? parsePublicJwk(jwk) : undefined
  if (!parsed?.ok || (parsed.value.alg ?? header.alg) !== header.alg) return undefined
  try {
    const key = engine.importVerificationKey(parsed.value, header.alg)
    const thumbprint = jwkThumbprint(parsed.value, engine)
    if (!(key instanceof Promise) && !(thumbprint instanceof Promise)) return { key, thumbprint }
    return Promise.all([key, thumbprint]).then(
      ([imported, name]) => ({ key: imported, thumbprint: name }),
      noKey,
    )
  } catch (error) {
    return noKey(error)
  }
}

/** A key of another type than the algorithm's, or no point of its curve. */
function noKey(error: unknown): undefined {
  if (!(error instanceof KeyImportError)) throw error
}

function remember(keys: Map<string, ProofKey>, header: string, key: ProofKey): void {
  if (keys.has(header)) return
  if (keys.size >= proofKeysRememberedMax) {
    const { value: oldest } = keys.keys().next()
    if (oldest !== undefined) keys.delete(oldest)
  }
  // Written anew: a slice would keep the whole header field in memory.
  keys.set(header.split('').join(''), key)
}

function refused(violation: ProofViolation): JudgedProof {
  return { ok: false, violation }
}
