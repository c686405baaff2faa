/** How often a guard answered what, for metrics. Bounded: codes are of a fixed vocabulary. */
import type { Judgement } from './judge.ts'

/** Counts of answers by outcome. */
export interface AnswerCounts {
  count(judgement: Judgement): void
  /** An admitted request to which the API gave no whole answer. */
  countFailure(code: string, status: number): void
  entries(): readonly AnswerCount[]
}

/** One outcome. */
export interface AnswerCount {
  /** `admitted`, a code of a refusal, or of a failure. */
  readonly code: string
  /** Of the refusal; 200 for an admission, which may be answered otherwise by an upstream. */
  readonly status: number
  readonly answers: number
}

/** Starts at nothing. */
export function createAnswerCounts(): AnswerCounts {
  const counts = new Map<string, { code: string; status: number; answers: number }>()
  const add = (code: string, status: number): void => {
    const key = `${status} ${code}`
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { code, status, answers: 1 })
    else known.answers += 1
  }
  return {
    count(judgement) {
      if (judgement.admitted) add('admitted', 200)
      else add(judgement.refusal.code, judgement.refusal.status)
    },
    countFailure: add,
    entries: () => [...counts.values()].map((entry) => ({ ...entry })),
  }
}
