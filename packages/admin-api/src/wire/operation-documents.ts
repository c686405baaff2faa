/** Audit records and explained refusals, between this code and the wire. */
import type { AuditRecord, RefusalExplanation } from '@mintmark/authorization-server'
import type { z } from 'zod'
import { answerMembers, membersWithoutNull } from './member-names.ts'
import type { auditRecordMessage, explanationMessage } from './operation-messages.ts'

type AuditRecordMessage = z.output<typeof auditRecordMessage>
type ExplanationMessage = z.output<typeof explanationMessage>

/** A record of the audit trail for an answer. */
export function auditRecordAnswer(record: AuditRecord): AuditRecordMessage {
  const { atWallMs, previousHash, hash, ...others } = record
  return {
    ...(answerMembers(others) as Omit<AuditRecordMessage, 'at' | 'hash' | 'previous_hash'>),
    at: new Date(atWallMs).toISOString(),
    previous_hash: Buffer.from(previousHash).toString('hex'),
    hash: Buffer.from(hash).toString('hex'),
  }
}

/** A record of the audit trail out of an answer. */
export function auditRecordFrom(message: AuditRecordMessage): AuditRecord {
  const { at, previous_hash, hash, ...others } = message
  return {
    ...(membersWithoutNull(others) as Omit<AuditRecord, 'atWallMs' | 'hash' | 'previousHash'>),
    atWallMs: Date.parse(at),
    previousHash: new Uint8Array(Buffer.from(previous_hash, 'hex')),
    hash: new Uint8Array(Buffer.from(hash, 'hex')),
  }
}

/** An explained refusal for an answer. */
export function explanationAnswer(explanation: RefusalExplanation): ExplanationMessage {
  const { atWallMs, ...others } = explanation
  return {
    ...(answerMembers(others) as Omit<ExplanationMessage, 'at'>),
    at: new Date(atWallMs).toISOString(),
  }
}

/** An explained refusal out of an answer. */
export function explanationFrom({ at, ...message }: ExplanationMessage): RefusalExplanation {
  return {
    ...(membersWithoutNull(message) as Omit<RefusalExplanation, 'atWallMs'>),
    atWallMs: Date.parse(at),
  }
}
