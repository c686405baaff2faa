/** Runs a corpus against any verifier. */
import type { AttackCase, AttackRequest } from './attack-case.ts'
import type { AttackCorpus } from './attack-corpus.ts'

/**
 * Tells whether a verifier admits a request: `true` or `false`, or a promise of it. One that throws or rejects has
 * refused, and is noted as having thrown.
 */
export type AdmitsRequest = (request: AttackRequest) => boolean | Promise<boolean>

/** What became of one case. */
export interface AttackOutcome {
  readonly case: AttackCase
  readonly admitted: boolean
  /** What the verifier threw, if it did. */
  readonly thrown?: unknown
}

/** What became of a corpus. */
export interface AttackReport {
  readonly outcomes: readonly AttackOutcome[]
  /** Attacks that were admitted. */
  readonly admittedAttacks: readonly AttackCase[]
  /** Good requests that were refused. */
  readonly refusedGood: readonly AttackCase[]
}

/** Puts every case before `admits`, one after the other. Rejects for nothing that the verifier does. */
export async function runAttackCorpus(
  corpus: Pick<AttackCorpus, 'cases'>,
  admits: AdmitsRequest,
): Promise<AttackReport> {
  const outcomes: AttackOutcome[] = []
  for (const attack of corpus.cases) outcomes.push(await outcomeOf(attack, admits))
  const cases = (expected: boolean, admitted: boolean) =>
    outcomes
      .filter((outcome) => (outcome.case.expect === 'admitted') === expected)
      .filter((outcome) => outcome.admitted === admitted)
      .map((outcome) => outcome.case)
  return { outcomes, admittedAttacks: cases(false, true), refusedGood: cases(true, false) }
}

async function outcomeOf(attack: AttackCase, admits: AdmitsRequest): Promise<AttackOutcome> {
  try {
    return { case: attack, admitted: (await admits(attack.request)) === true }
  } catch (thrown) {
    return { case: attack, admitted: false, thrown }
  }
}
