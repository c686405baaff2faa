/**
 * Whether the audit trail is as it was written: every record follows the one before it, and the trail contains what
 * checkpoints say it did.
 *
 * What the chain alone shows: records that were changed, dropped, moved or put in by somebody who did not compute all
 * later digests anew. What only checkpoints show: a trail that was computed anew, or cut, before the newest of them.
 * What nothing shows: changes after the newest checkpoint that is kept out of reach, by somebody who computes digests.
 */
import { type AuditHead, type AuditRecord, auditHash, emptyChain } from './audit-record.ts'

/** What is wrong. */
export type AuditFault =
  /** A record is missing, or stands in the wrong place. */
  | 'sequence_broken'
  /** A record is not what its digest was made of. */
  | 'record_changed'
  /** A record does not follow the one before it. */
  | 'chain_broken'
  /** A checkpoint was signed for another record of that number. */
  | 'checkpoint_contradicted'
  /** The trail ends before a checkpoint. */
  | 'trail_cut'
  /** What was given as a checkpoint was not signed by the audit key. */
  | 'checkpoint_not_genuine'

/** What a verification found. */
export type AuditVerdict =
  | {
      readonly ok: true
      /** How many records there are. */
      readonly records: number
      /** Up to where a checkpoint vouches for them; 0 when there is none. */
      readonly vouchedSequence: number
    }
  | {
      readonly ok: false
      readonly fault: AuditFault
      /** The number of the first record that is not right, or should be there; 0 for a checkpoint as such. */
      readonly sequence: number
    }

/** Follows a trail record by record. */
export class AuditVerification {
  readonly #checkpoints: readonly AuditHead[]
  readonly #vouchedSequence: number
  #head: AuditHead = emptyChain

  /** `checkpoints` are genuine: whoever made them was asked. */
  constructor(checkpoints: readonly AuditHead[]) {
    this.#checkpoints = checkpoints
    this.#vouchedSequence = Math.max(0, ...checkpoints.map((checkpoint) => checkpoint.sequence))
  }

  /** Of the last record that was right. */
  get sequence(): number {
    return this.#head.sequence
  }

  /** Goes on with the next records; a verdict at the first that is not right. */
  follow(records: readonly AuditRecord[]): AuditVerdict | undefined {
    for (const record of records) {
      const fault = this.#faultOf(record)
      if (fault !== undefined) return { ok: false, fault, sequence: this.#head.sequence + 1 }
      this.#head = { sequence: record.sequence, hash: record.hash }
    }
    return undefined
  }

  /** The verdict when there are no more records. */
  end(): AuditVerdict {
    const { sequence } = this.#head
    if (sequence < this.#vouchedSequence) {
      return { ok: false, fault: 'trail_cut', sequence: sequence + 1 }
    }
    return { ok: true, records: sequence, vouchedSequence: this.#vouchedSequence }
  }

  #faultOf(record: AuditRecord): AuditFault | undefined {
    if (record.sequence !== this.#head.sequence + 1) return 'sequence_broken'
    if (!isSame(auditHash(record), record.hash)) return 'record_changed'
    if (!isSame(record.previousHash, this.#head.hash)) return 'chain_broken'
    const isContradicted = this.#checkpoints.some(
      ({ sequence, hash }) => sequence === record.sequence && !isSame(hash, record.hash),
    )
    return isContradicted ? 'checkpoint_contradicted' : undefined
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
