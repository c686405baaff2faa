/** What is said about a list of measured values. Never a mean: one disturbed round must not move the answer. */

/** Median and range of some rounds. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Summarises at least one value. Throws RangeError for none, or for one that is not a number. */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) {
    throw new RangeError('only finite numbers can be summarised, and at least one')
  }
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] as number
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] as number
  return { median: (lower + upper) / 2, min: sorted[0] as number, max: sorted.at(-1) as number }
}

/**
 * The ratio of two candidates in each round. Both were measured in the same minute of the same machine, so what
 * disturbed one mostly disturbed the other: the ratio is to be trusted where the values are not.
 */
export function pairedRatios(
  values: readonly number[],
  base: readonly number[],
): readonly number[] {
  if (values.length !== base.length) throw new RangeError('pairs need as many values on both sides')
  return values.map((value, round) => value / (base[round] as number))
}
