/** Reading the audit trail, for whoever administers. */
import { auditPageSizeMax } from '../limits.ts'
import type { StorageSession } from '../storage/storage.ts'
import type { AuditRecord } from './audit-record.ts'

/** Which records are read. */
export interface AuditQuery {
  /** Only those with a greater sequence number. Default 0: from the start. */
  readonly after?: number | undefined
  /** How many at most, 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined
}

/** The audit trail. */
export interface AuditOperations {
  /** Oldest first, at most `limit`; a full page may have others after it. */
  auditRecords(query?: AuditQuery): Promise<readonly AuditRecord[]>
}

/** The operations over an open session. */
export function createAuditOperations(session: StorageSession): AuditOperations {
  return {
    auditRecords: ({ after = 0, limit = auditPageSizeMax } = {}) =>
      session.auditRecords(after, Math.min(Math.max(Math.trunc(limit), 1), auditPageSizeMax)),
  }
}
