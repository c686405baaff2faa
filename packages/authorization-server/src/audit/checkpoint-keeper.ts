/**
 * Writes checkpoints of the audit trail: every so many records, and when a server stops.
 *
 * Every node does this, and needs no leader for it: a checkpoint is stored only while nobody else has stored one since
 * the trail was read. A checkpoint that cannot be written is written with the next occasion.
 */
import { auditCheckpointRecords } from '../limits.ts'
import { signCheckpoint } from './audit-checkpoint.ts'
import { type AuditWorld, requireAuditKey } from './audit-key.ts'
import { type AuditHead, emptyChain } from './audit-record.ts'

/** The name of the setting with the newest checkpoint. */
export const auditCheckpointSetting = 'audit_checkpoint'

/** Keeps the checkpoints of one server. */
export interface CheckpointKeeper {
  /** To be called when the trail has grown to `sequence`. */
  grown(sequence: number): void
  /** Writes one more if the trail has grown since the last; resolves when that is done or has failed. */
  stop(): Promise<void>
}

/** Makes the keeper. `sequence` is where the trail ends now: what came before is for the next checkpoint. */
export function keepCheckpoints(world: AuditWorld, sequence: number): CheckpointKeeper {
  // The record of a checkpoint itself is nothing that needs another one.
  let coveredSequence = sequence
  let latestSequence = sequence
  let writing: Promise<void> | undefined

  async function write(): Promise<void> {
    try {
      const written = await writeCheckpoint(world)
      coveredSequence = written.sequence + 1
    } catch {
      // The database is away; there will be more records.
    }
    writing = undefined
  }

  return {
    grown(now) {
      latestSequence = now
      if (now - coveredSequence >= auditCheckpointRecords) writing ??= write()
    },
    async stop() {
      await writing
      if (latestSequence > coveredSequence) await write()
    },
  }
}

/** A checkpoint, and the end of the trail that it is for. */
export interface WrittenCheckpoint extends AuditHead {
  readonly text: string
}

/** Signs and stores a checkpoint for the trail as it is now. Rejects when the storage does. */
export async function writeCheckpoint(world: AuditWorld): Promise<WrittenCheckpoint> {
  const { session, engine, clock } = world
  const key = await requireAuditKey(world)
  const { sequence } = await session.readRegistry({ kind: 'none' })
  const [record] = await session.auditRecords(sequence - 1, 1)
  const head = record ?? emptyChain
  const text = signCheckpoint(head, clock.wallMs(), key.signing, engine)
  await session.apply(
    [{ type: 'setting_changed', name: auditCheckpointSetting, value: text }],
    { actor: 'node', via: 'node', atWallMs: clock.wallMs() },
    { sequence: head.sequence, subjects: [{ kind: 'setting', id: auditCheckpointSetting }] },
  )
  return { text, sequence: head.sequence, hash: head.hash }
}
