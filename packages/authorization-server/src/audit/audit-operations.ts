/** Reading and verifying the audit trail, for whoever administers. */
import { auditPageSizeMax } from '../limits.ts'
import { readCheckpoint } from './audit-checkpoint.ts'
import { type AuditWorld, readAuditKey } from './audit-key.ts'
import type { AuditHead, AuditRecord } from './audit-record.ts'
import { type AuditVerdict, AuditVerification } from './audit-verification.ts'
import { auditCheckpointSetting, writeCheckpoint } from './checkpoint-keeper.ts'

/** Which records are read. */
export interface AuditQuery {
  /** Only those with a greater sequence number. Default 0: from the start. */
  readonly after?: number | undefined
  /** How many at most, 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined
  /** Only those about this client: itself, its secrets, its tokens. Default: all. */
  readonly clientId?: string | undefined
}

/** The audit trail. */
export interface AuditOperations {
  /** Oldest first, at most `limit`; a full page may have others after it. */
  auditRecords(query?: AuditQuery): Promise<readonly AuditRecord[]>
  /**
   * Reads the whole trail and tells whether it is as it was written, and contains what the newest stored checkpoint and
   * `checkpoint`, kept elsewhere, say. Costs a few microseconds per record.
   */
  verifyAudit(checkpoint?: string): Promise<AuditVerdict>
  /** Signs and stores a checkpoint for the trail as it is now; its text is worth keeping elsewhere. */
  auditCheckpoint(): Promise<string>
}

/** The operations over an open session. */
export function createAuditOperations(world: AuditWorld): AuditOperations {
  const { session } = world
  return {
    auditRecords: ({ after = 0, limit = auditPageSizeMax, clientId } = {}) => {
      const size = Math.min(Math.max(Math.trunc(limit), 1), auditPageSizeMax)
      return session.auditRecords(after, size, clientId)
    },
    verifyAudit: (checkpoint) => verify(world, checkpoint),
    auditCheckpoint: async () => (await writeCheckpoint(world)).text,
  }
}

async function verify(world: AuditWorld, given: string | undefined): Promise<AuditVerdict> {
  const { session } = world
  const stored = await session.setting(auditCheckpointSetting)
  const texts = [stored, given].filter((text) => text !== undefined)
  const checkpoints = await genuine(texts, world)
  if (checkpoints === undefined) {
    return { ok: false, fault: 'checkpoint_not_genuine', sequence: 0 }
  }
  const verification = new AuditVerification(checkpoints)
  for (;;) {
    const page = await session.auditRecords(verification.sequence, auditPageSizeMax)
    const verdict = verification.follow(page)
    if (verdict !== undefined) return verdict
    if (page.length < auditPageSizeMax) return verification.end()
  }
}

async function genuine(
  texts: readonly string[],
  world: AuditWorld,
): Promise<readonly AuditHead[] | undefined> {
  if (texts.length === 0) return []
  const key = await readAuditKey(world)
  if (key === undefined) return undefined
  const heads = texts.map((text) => readCheckpoint(text, key.verification, world.engine))
  return heads.every((head) => head !== undefined) ? heads : undefined
}
