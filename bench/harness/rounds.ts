/** Measures candidates in turns, so that a slow minute of the machine hits all of them. */

/** What one measurement of one candidate gave, by the name of the metric. */
export type Metrics = Readonly<Record<string, number>>

/** Something that can be measured again and again, each time from a fresh start. */
export interface Candidate {
  readonly name: string
  measure(): Promise<Metrics>
}

/** Measures every candidate once. Rounds are numbered from 0. */
export type Round = (number: number) => Promise<ReadonlyMap<string, Metrics>>

/** Every candidate's measurements, in the order of the rounds. */
export type Outcome = ReadonlyMap<string, readonly Metrics[]>

/**
 * A round that measures one candidate after another. The order rotates from round to round, so that none is always
 * first after a pause or always behind the same neighbour.
 */
export function inTurns(candidates: readonly Candidate[]): Round {
  return async (number) => {
    const measured = new Map<string, Metrics>()
    for (const { name, measure } of rotated(candidates, number)) {
      measured.set(name, await measure())
    }
    return measured
  }
}

/**
 * Runs the rounds. Rejects with what a round rejects with: a benchmark with a wrong answer in it has no result.
 */
export async function runRounds(round: Round, count: number): Promise<Outcome> {
  const outcome = new Map<string, Metrics[]>()
  for (let number = 0; number < count; number++) {
    for (const [name, metrics] of await round(number)) {
      const before = outcome.get(name)
      if (before === undefined) outcome.set(name, [metrics])
      else before.push(metrics)
    }
  }
  return outcome
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
