import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import {
  type AuditRecord,
  auditHash,
  auditRecordOf,
  emptyChain,
} from '../../src/audit/audit-record.ts'
import { type AuditVerdict, AuditVerification } from '../../src/audit/audit-verification.ts'
import type { StoredChange } from '../../src/storage/stored-change.ts'
import { client, origin } from '../storage/storage-world.ts'

/** A trail of `count` records about different things. */
function trail(count: number): readonly AuditRecord[] {
  const records: AuditRecord[] = []
  for (let at = 0; at < count; at += 1) {
    const change: StoredChange =
      at % 3 === 0
        ? { type: 'client_created', client: { ...client, id: `client-${at}` } }
        : { type: 'client_disabled', id: `client-${at}` }
    records.push(auditRecordOf(change, { ...origin, atWallMs: at }, records.at(-1) ?? emptyChain))
  }
  return records
}

function verify(
  records: readonly AuditRecord[],
  checkpoints: readonly AuditRecord[] = [],
): AuditVerdict {
  const verification = new AuditVerification(checkpoints)
  for (let at = 0; at < records.length; at += 7) {
    const verdict = verification.follow(records.slice(at, at + 7))
    if (verdict !== undefined) return verdict
  }
  return verification.end()
}

const records = trail(30)
const last = records.at(-1) as AuditRecord

/** What somebody can do to the rows of a table. */
type Edit = (records: AuditRecord[], at: number, other: number) => void

const edits: Readonly<Record<string, Edit>> = {
  drop: (all, at) => void all.splice(at, 1),
  repeat: (all, at) => void all.splice(at, 0, all[at] as AuditRecord),
  swap: (all, at, other) => {
    const [one, two] = [all[at], all[other]] as [AuditRecord, AuditRecord]
    all[at] = two
    all[other] = one
  },
  'swap in each other’s place': (all, at, other) => {
    const [one, two] = [all[at], all[other]] as [AuditRecord, AuditRecord]
    all[at] = { ...two, sequence: one.sequence }
    all[other] = { ...one, sequence: two.sequence }
  },
  insert: (all, at) => void all.splice(at, 0, { ...last, sequence: at + 1 }),
  cut: (all, at) => void all.splice(at),
}

const fieldEdits: readonly ((record: AuditRecord) => AuditRecord)[] = [
  (record) => ({ ...record, atWallMs: record.atWallMs + 1 }),
  (record) => ({ ...record, actor: `${record.actor}x` }),
  (record) => ({ ...record, via: 'node' }),
  (record) => ({ ...record, action: 'client_deleted' }),
  (record) => ({ ...record, subjectKind: 'token' }),
  (record) => ({ ...record, subjectId: '' }),
  (record) => ({ ...record, detail: `${record.detail} ` }),
  // The same octets, otherwise divided into fields.
  ({ actor, ...record }) => ({ ...record, actor: actor.slice(0, -1), via: 'library' }),
  (record) => ({ ...record, previousHash: flipped(record.previousHash) }),
  (record) => ({ ...record, hash: flipped(record.hash) }),
]

function flipped(octets: Uint8Array): Uint8Array {
  const copy = new Uint8Array(octets)
  copy[3] = (copy[3] as number) ^ 1
  return copy
}

/** Somebody who computes all digests from `at` on anew, as the program does. */
function rehashed(all: readonly AuditRecord[], at: number): AuditRecord[] {
  const anew = all.slice(0, at)
  for (const [offset, record] of all.slice(at).entries()) {
    const previousHash = (anew.at(-1) ?? emptyChain).hash
    const content = { ...record, sequence: at + offset + 1, previousHash }
    anew.push({ ...content, hash: auditHash(content) })
  }
  return anew
}

test('a trail as it was written verifies, with and without checkpoints [A13]', () => {
  assert.deepEqual(verify([]), { ok: true, records: 0, vouchedSequence: 0 })
  assert.deepEqual(verify(records), { ok: true, records: 30, vouchedSequence: 0 })
  const checkpoints = [records[6], records[20]] as AuditRecord[]
  assert.deepEqual(verify(records, checkpoints), { ok: true, records: 30, vouchedSequence: 21 })
})

test('a record that is changed in any field is found, by its number [A13]', () => {
  for (const at of [0, 11, 29]) {
    for (const edit of fieldEdits) {
      const changed = records.map((record, index) => (index === at ? edit(record) : record))
      const verdict = verify(changed)
      assert.ok(!verdict.ok)
      assert.deepEqual([verdict.fault, verdict.sequence], ['record_changed', at + 1])
    }
  }
})

test('whatever is done to the records is found, unless nothing was done [A13]', () => {
  const position = fc.nat(records.length - 1)
  const step = fc.record({
    kind: fc.constantFrom(...Object.keys(edits)),
    at: position,
    other: position,
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 3 }), (steps) => {
      const edited = [...records]
      for (const { kind, at, other } of steps) {
        if (edited.length > Math.max(at, other)) edits[kind]?.(edited, at, other)
      }
      const isSame = isDeepStrictEqual(edited, records)
      // Cutting is what only a checkpoint shows; the newest one is kept elsewhere.
      assert.equal(verify(edited, [last]).ok, isSame)
    }),
    { numRuns: 200 },
  )
})

test('a trail that was written anew from some record on contradicts a checkpoint after it [A13]', () => {
  fc.assert(
    fc.property(fc.nat(29), fc.nat(29), fc.boolean(), (at, checkpointAt, isDropped) => {
      const edited = [...records]
      if (isDropped) edited.splice(at, 1)
      else edited[at] = { ...(edited[at] as AuditRecord), actor: 'somebody else' }
      const verdict = verify(rehashed(edited, at), [records[checkpointAt] as AuditRecord])
      assert.equal(verdict.ok, checkpointAt < at)
      if (verdict.ok) return
      const isCut = isDropped && checkpointAt === 29
      assert.equal(verdict.fault, isCut ? 'trail_cut' : 'checkpoint_contradicted')
    }),
    { numRuns: 200 },
  )
})

test('a verdict names what is wrong and where [A13]', () => {
  const faults = (edit: Edit) => {
    const edited = [...records]
    edit(edited, 9, 15)
    const verdict = verify(edited, [last])
    return verdict.ok ? undefined : [verdict.fault, verdict.sequence]
  }
  assert.deepEqual(faults(edits.drop as Edit), ['sequence_broken', 10])
  assert.deepEqual(faults(edits.cut as Edit), ['trail_cut', 10])
  const foreign = rehashed(trail(12).slice(9), 0)[0] as AuditRecord
  const content = { ...foreign, sequence: 10 }
  assert.deepEqual(
    faults((all) => {
      all[9] = { ...content, hash: auditHash(content) }
    }),
    ['chain_broken', 10],
  )
})
