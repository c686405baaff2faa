/** Turns measurements into what is reported: every raw value, medians, ranges, paired ratios and goals. */
import type { Environment } from './environment.ts'
import type { Metrics, Outcome } from './rounds.ts'
import { pairedRatios, type Summary, summarise } from './statistics.ts'

/** A question to one section: how one candidate's metric compares with another's. */
export interface Pair {
  readonly metric: string
  readonly candidate: string
  readonly base: string
}

/** A bound on the median of a metric or, with a base, on the median of the paired ratios. */
export interface Goal {
  readonly metric: string
  readonly candidate: string
  readonly base?: string
  readonly atLeast?: number
  readonly atMost?: number
}

/** What was measured under one heading. */
export interface Section {
  readonly title: string
  readonly outcome: Outcome
  readonly pairs: readonly Pair[]
  readonly goals: readonly Goal[]
}

/** The values of one candidate's metric in the order of the rounds, and their summary. */
export interface MetricReport extends Summary {
  readonly candidate: string
  readonly metric: string
  readonly rounds: readonly number[]
}

/** The ratios of a pair in the order of the rounds, and their summary. */
export interface PairReport extends Pair, Summary {
  readonly rounds: readonly number[]
}

/** A goal with the value that it is held against. */
export interface GoalReport extends Goal {
  readonly value: number
  readonly isMet: boolean
}

export interface SectionReport {
  readonly title: string
  readonly metrics: readonly MetricReport[]
  readonly pairs: readonly PairReport[]
  readonly goals: readonly GoalReport[]
}

export interface Report {
  readonly bench: string
  readonly question: string
  readonly environment: Environment
  /** `false` for a smoke run, whose figures mean nothing. */
  readonly isMeasurement: boolean
  readonly sections: readonly SectionReport[]
}

/** Reports one section. Throws RangeError when a pair or a goal names what was not measured. */
export function reportSection({ title, outcome, pairs, goals }: Section): SectionReport {
  return {
    title,
    metrics: [...outcome].flatMap(([candidate, rounds]) => metricReports(candidate, rounds)),
    pairs: pairs.map((pair) => pairReport(pair, outcome)),
    goals: goals.map((goal) => goalReport(goal, outcome)),
  }
}

function metricReports(candidate: string, measured: readonly Metrics[]): readonly MetricReport[] {
  return Object.keys(measured[0] ?? {}).map((metric) => {
    const rounds = measured.map((metrics) => metrics[metric] ?? Number.NaN)
    return { candidate, metric, rounds, ...summarise(rounds) }
  })
}

function pairReport(pair: Pair, outcome: Outcome): PairReport {
  const rounds = pairedRatios(
    valuesOf(outcome, pair.candidate, pair.metric),
    valuesOf(outcome, pair.base, pair.metric),
  )
  return { ...pair, rounds, ...summarise(rounds) }
}

function goalReport(goal: Goal, outcome: Outcome): GoalReport {
  const { metric, candidate, base, atLeast = 0, atMost = Number.POSITIVE_INFINITY } = goal
  const values = valuesOf(outcome, candidate, metric)
  const judged = base === undefined ? values : pairedRatios(values, valuesOf(outcome, base, metric))
  const value = summarise(judged).median
  return { ...goal, value, isMet: value >= atLeast && value <= atMost }
}

function valuesOf(outcome: Outcome, candidate: string, metric: string): readonly number[] {
  const values = outcome.get(candidate)?.map((metrics) => metrics[metric] ?? Number.NaN)
  if (values === undefined) throw new RangeError(`"${candidate}" was not measured`)
  return values
}
