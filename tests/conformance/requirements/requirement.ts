/** How the requirements of a standard are written down, each with what shows that it is kept. */

/** How binding a sentence is (RFC 2119). */
export type Level = 'MUST' | 'MUST NOT' | 'REQUIRED' | 'SHOULD' | 'SHOULD NOT' | 'MAY'

/** A test, by its file and its title without the requirements at its end. */
export interface Citation {
  readonly path: string
  readonly title: string
}

/** What stands for a requirement: tests, or the reason why there are none. Work that is to come shows nothing. */
export type Evidence =
  | { readonly kind: 'tests'; readonly tests: readonly Citation[] }
  | { readonly kind: 'reason'; readonly reason: string }

/** One sentence of a standard, in our own words. */
export interface Requirement {
  readonly section: string
  readonly level: Level
  readonly says: string
  readonly evidence: Evidence
}

/** A standard, by the role that a sentence binds. */
export interface Standard {
  readonly name: string
  readonly authorizationServer: readonly Requirement[]
  readonly client?: readonly Requirement[]
  readonly resourceServer?: readonly Requirement[]
}

type Sentence = (section: string, says: string, evidence: Evidence) => Requirement

const sentence =
  (level: Level): Sentence =>
  (section, says, evidence) => ({ section, level, says, evidence })

export const must: Sentence = sentence('MUST')
export const mustNot: Sentence = sentence('MUST NOT')
export const required: Sentence = sentence('REQUIRED')
export const should: Sentence = sentence('SHOULD')
export const shouldNot: Sentence = sentence('SHOULD NOT')
export const may: Sentence = sentence('MAY')

/** Shown by tests of one file. */
export const testsIn =
  (path: string) =>
  (...titles: readonly string[]): Evidence => ({
    kind: 'tests',
    tests: titles.map((title) => ({ path, title })),
  })

/** Shown by tests of several files together. */
export function shownBy(...parts: readonly Evidence[]): Evidence {
  return {
    kind: 'tests',
    tests: parts.flatMap((part) => (part.kind === 'tests' ? part.tests : [])),
  }
}

/** There is nothing to show here, and why. */
export function because(reason: string): Evidence {
  return { kind: 'reason', reason }
}
