/**
 * A checkpoint: a signed statement that the audit trail had a record of this number and digest. Kept elsewhere, it
 * shows that the trail was cut or written anew, which the chain alone cannot.
 *
 * Form: a compact JWS (ES256, `typ` `audit-checkpoint+jwt`) with the members `sequence`, `hash` (base64url) and `iat`.
 */
import {
  parseClaims,
  parseCompact,
  type SigningKey,
  type SynchronousSignatureEngine,
  signCompact,
  type VerificationKey,
  verifyCompact,
} from '@mintmark/jwt'
import type { AuditHead } from './audit-record.ts'

const TYPE = 'audit-checkpoint+jwt'

/** Signs that `head` is the end of the trail now. */
export function signCheckpoint(
  head: AuditHead,
  nowWallMs: number,
  key: SigningKey,
  engine: SynchronousSignatureEngine,
): string {
  const claims = {
    sequence: head.sequence,
    hash: Buffer.from(head.hash).toString('base64url'),
    iat: Math.floor(nowWallMs / 1000),
  }
  return signCompact(engine, key, { typ: TYPE }, JSON.stringify(claims))
}

/** What a checkpoint states; `undefined` unless `key` signed it. White space around the text does not count. */
export function readCheckpoint(
  text: string,
  key: VerificationKey,
  engine: SynchronousSignatureEngine,
): AuditHead | undefined {
  const jws = parseCompact(text.trim())
  if (!jws.ok || jws.value.header.typ !== TYPE || jws.value.header.kid !== key.kid) return undefined
  if (!verifyCompact(engine, jws.value, key)) return undefined
  const claims = parseClaims(jws.value.payload)
  if (!claims.ok) return undefined
  const { sequence, hash } = claims.value
  if (typeof sequence !== 'number' || typeof hash !== 'string') return undefined
  return { sequence, hash: new Uint8Array(Buffer.from(hash, 'base64url')) }
}
