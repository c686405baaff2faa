/** `mintmark audit list|verify|checkpoint`: who changed what, and whether the trail of it is whole. */
import { resolve } from 'node:path'
import type { AuditRecord, AuditVerdict } from '@mintmark/authorization-server'
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { readBoundedFile } from '../bounded-file.ts'
import { type Command, defineCommand } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { describeFileError } from '../file-error.ts'
import { checkpointBytesMax } from '../limits.ts'
import { table } from '../output.ts'
import type { ProcessEdge } from '../process-edge.ts'

const listCommand = defineCommand({
  path: ['audit', 'list'],
  summary: 'list who changed what, a page at a time',
  settings: ['after', 'limit', 'client', ...administrationSettings],
  examples: [
    'mintmark audit list',
    'mintmark audit list --after 100 --limit 1000 --json',
    'mintmark audit list --client partner-a',
  ],
  async run(invocation) {
    const { settings, output } = invocation
    const limit = settings.value('limit')
    const query = { after: settings.value('after'), limit, clientId: settings.value('client') }
    const records = await withAdministration(invocation, ({ audit }) => audit.auditRecords(query))
    const next = records.length === limit ? records.at(-1)?.sequence : undefined
    const rows = records.map((record) => [
      ...[String(record.sequence), new Date(record.atWallMs).toISOString(), record.actor],
      ...[record.action, record.subjectId, record.detail === '{}' ? '' : record.detail],
    ])
    await output.answer(
      [
        ...table(['NUMBER', 'AT', 'BY', 'ACTION', 'OF', 'DETAIL'], rows),
        ...(next === undefined ? [] : [`there may be more: --after ${next}`]),
      ],
      { records: records.map(recordDocument), next_after: next ?? null },
    )
    return exitCode.done
  },
})

const verifyCommand = defineCommand({
  path: ['audit', 'verify'],
  summary: 'verify that no record was changed, dropped, moved or put in',
  settings: ['checkpoint', ...administrationSettings],
  examples: [
    'mintmark audit verify',
    'mintmark audit verify --checkpoint /mnt/elsewhere/mintmark.checkpoint --json',
  ],
  async run(invocation) {
    const { settings, output, edge } = invocation
    const file = settings.value('checkpoint')
    const checkpoint = file === undefined ? undefined : await readCheckpoint(file, edge)
    const verdict = await withAdministration(invocation, ({ audit }) =>
      audit.verifyAudit(checkpoint),
    )
    await output.answer([verdictText(verdict)], verdictDocument(verdict))
    return verdict.ok ? exitCode.done : exitCode.failure
  },
})

const checkpointCommand = defineCommand({
  path: ['audit', 'checkpoint'],
  summary: 'sign a checkpoint of the audit trail, to be kept elsewhere',
  settings: administrationSettings,
  examples: ['mintmark audit checkpoint > /mnt/elsewhere/mintmark.checkpoint'],
  async run(invocation) {
    const text = await withAdministration(invocation, ({ audit }) => audit.auditCheckpoint())
    await invocation.output.answer([text], { checkpoint: text })
    return exitCode.done
  },
})

/** All of `mintmark audit`. */
export const auditCommands: readonly Command[] = [listCommand, verifyCommand, checkpointCommand]

function recordDocument(record: AuditRecord): object {
  return {
    sequence: record.sequence,
    at: new Date(record.atWallMs).toISOString(),
    actor: record.actor,
    via: record.via,
    action: record.action,
    subject_kind: record.subjectKind,
    subject_id: record.subjectId,
    detail: JSON.parse(record.detail),
    hash: Buffer.from(record.hash).toString('hex'),
  }
}

const faultTexts = {
  sequence_broken: 'a record is missing or stands in the wrong place',
  record_changed: 'the record is not what it was when it was written',
  chain_broken: 'the record does not follow the one before it',
  checkpoint_contradicted: 'the record is another one than the checkpoint vouches for',
  trail_cut: 'the trail ends before the checkpoint',
  checkpoint_not_genuine: 'the checkpoint was not signed by the audit key of this database',
} as const

function verdictText(verdict: AuditVerdict): string {
  if (!verdict.ok)
    return `not as it was written: record ${verdict.sequence}: ${faultTexts[verdict.fault]}`
  const { records, vouchedSequence } = verdict
  return `as it was written: ${records} records, up to ${vouchedSequence} by a checkpoint`
}

function verdictDocument(verdict: AuditVerdict): object {
  return verdict.ok
    ? { ok: true, records: verdict.records, vouched_sequence: verdict.vouchedSequence }
    : { ok: false, fault: verdict.fault, sequence: verdict.sequence }
}

/** A checkpoint is no secret; but a file that is too long or cannot be read is not one. */
async function readCheckpoint(file: string, edge: ProcessEdge): Promise<string> {
  const bytes = await (file === '-'
    ? edge.readInput(checkpointBytesMax)
    : readBoundedFile(resolve(edge.workingFolder, file), checkpointBytesMax).catch((error) => {
        const { text } = describeFileError(error)
        throw failure('checkpoint_unreadable', `the checkpoint file ${file} ${text}`)
      }))
  return bytes === undefined ? '' : Buffer.from(bytes).toString('latin1')
}
