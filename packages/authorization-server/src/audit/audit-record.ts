/**
 * The audit trail: one record per change, each containing the digest of the one before, so that a record that is
 * changed, dropped, added or moved later breaks the chain.
 *
 * Invariants
 *  (1) `hash` covers every other field and `previousHash`; the first record follows 32 zero octets.
 *  (2) A record holds names, numbers and instants, never a secret, a digest of one, or a key.
 */
import { hash } from 'node:crypto'
import { type StoredChange, subjectOf } from '../storage/stored-change.ts'
import { auditDetailOf } from './audit-detail.ts'

/** Who changed something, and through what. */
export interface AuditOrigin {
  /** Such as `operator:root@host` or `client:deploy-bot`; 1 to 255 printable ASCII characters. */
  readonly actor: string
  readonly via: 'command' | 'admin_api' | 'token_endpoint' | 'registration' | 'node' | 'library'
  readonly atWallMs: number
}

/** One change, as it is remembered. */
export interface AuditRecord {
  /** From 1, without gaps. */
  readonly sequence: number
  readonly atWallMs: number
  readonly actor: string
  readonly via: AuditOrigin['via']
  readonly action: StoredChange['type']
  readonly subjectKind: string
  readonly subjectId: string
  /** JSON with what changed, as far as it may be shown. */
  readonly detail: string
  readonly previousHash: Uint8Array
  readonly hash: Uint8Array
}

/** The end of a chain. */
export interface AuditHead {
  readonly sequence: number
  readonly hash: Uint8Array
}

/** Before the first record. */
export const emptyChain: AuditHead = { sequence: 0, hash: new Uint8Array(32) }

/** The record of `change`, which follows `head`. */
export function auditRecordOf(
  change: StoredChange,
  origin: AuditOrigin,
  head: AuditHead,
): AuditRecord {
  const subject = subjectOf(change)
  const content = {
    sequence: head.sequence + 1,
    ...{ atWallMs: origin.atWallMs, actor: origin.actor, via: origin.via },
    action: change.type,
    ...{ subjectKind: subject.kind, subjectId: subject.id },
    detail: JSON.stringify(auditDetailOf(change)),
    previousHash: head.hash,
  }
  return { ...content, hash: auditHash(content) }
}

const LENGTH_BYTES = 4

/**
 * The digest of a record's content: SHA-256 over the digest before it and its fields in fixed order, each with its
 * length in front. In one buffer, because a call into the digest costs as much as what it digests here.
 */
export function auditHash(record: Omit<AuditRecord, 'hash'>): Uint8Array {
  const { sequence, atWallMs, actor, via, action, subjectKind, subjectId, detail } = record
  const fields = [`${sequence}`, `${atWallMs}`, actor, via, action, subjectKind, subjectId, detail]
  const lengths = fields.map((field) => Buffer.byteLength(field, 'utf8'))
  let at = record.previousHash.length
  const octets = Buffer.allocUnsafe(lengths.reduce((sum, one) => sum + LENGTH_BYTES + one, at))
  octets.set(record.previousHash)
  for (const [index, field] of fields.entries()) {
    at = octets.writeUInt32BE(lengths[index] as number, at)
    at += octets.write(field, at, 'utf8')
  }
  return new Uint8Array(hash('sha256', octets, 'buffer'))
}
