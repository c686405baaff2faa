/** A report as text for people. */
import type { Environment } from './environment.ts'
import type { GoalReport, MetricReport, PairReport, Report, SectionReport } from './report.ts'
import type { Summary } from './statistics.ts'

/** Writes a report as plain text, one line per value. */
export function reportText(report: Report): string {
  const { bench, question, environment, isMeasurement, sections } = report
  const head = [`${bench}: ${question}`, environmentLine(environment)]
  if (!isMeasurement) head.push('Smoke run: every answer was right; the figures mean nothing.')
  return `${[...head, ...sections.map((section) => sectionText(section))].join('\n')}\n`
}

function environmentLine({ processor, cores, system, isPinned, versions }: Environment): string {
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const pinning = isPinned ? 'measured program on core 0, driver on core 1' : 'cores not assigned'
  return `${processor}, ${cores} cores, ${system}, ${pinning}; ${software.join(', ')}`
}

function sectionText({ title, metrics, pairs, goals }: SectionReport): string {
  const names = [...new Set(metrics.map(({ metric }) => metric))]
  const tables = names.map((name) =>
    metricTable(
      name,
      metrics.filter(({ metric }) => metric === name),
    ),
  )
  return [`\n## ${title}`, ...tables, ...pairs.map(pairLine), ...goals.map(goalLine)].join('\n')
}

function metricTable(name: string, rows: readonly MetricReport[]): string {
  const width = Math.max(...rows.map(({ candidate }) => candidate.length))
  const lines = rows.map(
    (row) =>
      `  ${row.candidate.padEnd(width)}  ${summaryText(row)}  [${row.rounds.map(short).join(' ')}]`,
  )
  return [`${name}: median (min - max) [every round]`, ...lines].join('\n')
}

function pairLine({ metric, candidate, base, ...summary }: PairReport): string {
  return `paired ${metric}, ${candidate} / ${base}: ${summaryText(summary)}`
}

function goalLine({ metric, candidate, base, atLeast, atMost, value, isMet }: GoalReport): string {
  const what = base === undefined ? `${candidate} ${metric}` : `${metric} ${candidate} / ${base}`
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
  return `goal: ${what} ${bound}: ${isMet ? 'met' : 'MISSED'} with ${short(value)}`
}

function summaryText({ median, min, max }: Summary): string {
  return `${short(median)} (${short(min)} - ${short(max)})`
}

/** Three significant digits, and all digits before the decimal point. */
function short(value: number): string {
  if (Math.abs(value) >= 100) return String(Math.round(value))
  return String(Number(value.toPrecision(3)))
}
