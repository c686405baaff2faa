/**
 * The audit trail: one record per change, each containing the digest of the one before, so that a record that is
 * changed, dropped, added or moved later breaks the chain.
 *
 * Invariants
 *  (1) `hash` covers every other field and `previousHash`; the first record follows 32 zero octets.
 *  (2) A record holds names, numbers and instants, never a secret, a digest of one, or a key.
 */
import { createHash } from 'node:crypto'
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

/** The digest of a record's content: SHA-256 over its fields in fixed order, each with its length in front. */
export function auditHash(record: Omit<AuditRecord, 'hash'>): Uint8Array {
  const { sequence, atWallMs, actor, via, action, subjectKind, subjectId, detail } = record
  const digest = createHash('sha256').update(record.previousHash)
  for (const field of [sequence, atWallMs, actor, via, action, subjectKind, subjectId, detail]) {
    const octets = Buffer.from(String(field), 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(octets.length)
    digest.update(length).update(octets)
  }
  return new Uint8Array(digest.digest())
}
