/** A simulation of rings in words, and as a document. */
import type { SimulatedRing, SimulationReport } from '@mintmark/limits'
import { isoText } from './instant.ts'
import { pairs, table } from './output.ts'

/** For a person. @param unreadable - Lines that were not of the format. */
export function simulationLines(report: SimulationReport, unreadable: number): readonly string[] {
  const notListed = report.requestsNotListed
  return [
    ...pairs([
      ['requests', counted(report.requests)],
      ['refused', share(report.refused, report.requests)],
      ['public ring', ringText(report.public)],
      ['partner ring', ringText(report.partner)],
      ['without a time', report.skipped === 0 ? undefined : counted(report.skipped)],
      ['not read', unreadable === 0 ? undefined : `${counted(unreadable)} lines`],
    ]),
    ...(report.top.length === 0 ? [] : ['', ...topLines(report)]),
    ...(notListed === 0 ? [] : [`${counted(notListed)} requests are of keys beyond the first`]),
  ]
}

function topLines(report: SimulationReport): readonly string[] {
  const rows = report.top.map((key) => [
    ...[key.ring, key.key, counted(key.requests), share(key.refused, key.requests)],
    ...[instant(key.firstRefusedAtWallMs), instant(key.lastRefusedAtWallMs)],
  ])
  return table(['RING', 'WHO', 'REQUESTS', 'REFUSED', 'FIRST', 'LAST'], rows)
}

function ringText({ requests, refused, keysRefused }: SimulatedRing): string {
  const who = keysRefused === 0 ? '' : ` of ${counted(keysRefused)} keys`
  return `${counted(requests)}, refused ${share(refused, requests)}${who}`
}

/** For a program. */
export function simulationDocument(report: SimulationReport, unreadable: number): object {
  return {
    requests: report.requests,
    refused: report.refused,
    skipped: report.skipped,
    unreadable,
    public: ringDocument(report.public),
    partner: ringDocument(report.partner),
    top: report.top.map((key) => ({
      ring: key.ring,
      key: key.key,
      requests: key.requests,
      refused: key.refused,
      first_refused_at: instant(key.firstRefusedAtWallMs),
      last_refused_at: instant(key.lastRefusedAtWallMs),
    })),
    requests_not_listed: report.requestsNotListed,
  }
}

function ringDocument({ requests, refused, keysRefused }: SimulatedRing): object {
  return { requests, refused, keys_refused: keysRefused }
}

function counted(count: number): string {
  return count.toLocaleString('en')
}

function share(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  return part === 0 ? '0' : `${counted(part)} (${percent.toFixed(percent < 1 ? 2 : 1)} %)`
}

/** Of a key in the list, which was refused at least once. */
function instant(wallMs: number | undefined): string {
  return (wallMs !== undefined && isoText(wallMs / 1_000)) || '-'
}
