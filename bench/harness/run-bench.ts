/** One benchmark from its arguments to its printed report. */
import { type BenchArguments, readBenchArguments } from './bench-arguments.ts'
import { build } from './build.ts'
import { describeEnvironment } from './environment.ts'
import { type Goal, type Pair, type Report, reportSection, type SectionReport } from './report.ts'
import { reportText } from './report-text.ts'
import { type Round, runRounds } from './rounds.ts'

/** What is measured under one heading. */
export interface BenchSection {
  readonly title: string
  readonly round: Round
  readonly pairs: readonly Pair[]
  readonly goals: readonly Goal[]
}

/** A benchmark: the question it answers, and its sections for given arguments. */
export interface Bench {
  readonly name: string
  readonly question: string
  /** Installed packages whose versions belong to the result. */
  readonly packages: readonly string[]
  sections(asked: BenchArguments): readonly BenchSection[]
}

/**
 * Measures every section asked for and prints one report on standard output; progress goes to standard error. A wrong
 * answer, a program that breaks or a build that fails ends it with status 1 and without a report.
 *
 * In a smoke run goals are left out: it proves that the benchmark works and says nothing about speed.
 */
export async function runBench(bench: Bench): Promise<void> {
  const asked = readBenchArguments()
  try {
    build()
    print(await measure(bench, asked), asked)
  } catch (error) {
    process.stderr.write(`${bench.name}: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}

async function measure(bench: Bench, asked: BenchArguments): Promise<Report> {
  const reports: SectionReport[] = []
  for (const section of bench.sections(asked).filter(({ title }) => title.includes(asked.only))) {
    process.stderr.write(`${bench.name}: ${section.title} ...\n`)
    const outcome = await runRounds(section.round, asked.rounds)
    const goals = asked.isSmoke ? [] : section.goals
    reports.push(reportSection({ ...section, outcome, goals }))
  }
  return {
    bench: bench.name,
    question: bench.question,
    environment: describeEnvironment(bench.packages),
    isMeasurement: !asked.isSmoke,
    sections: reports,
  }
}

function print(report: Report, { isJson }: BenchArguments): void {
  process.stdout.write(isJson ? `${JSON.stringify(report, null, 2)}\n` : reportText(report))
}
