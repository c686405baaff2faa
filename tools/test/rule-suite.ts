/** The one shape of test for house rules: a tree that breaks a rule, and its twin that does not. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Finding } from '../finding.ts'
import { type FixtureTree, withTree } from './fixture-tree.ts'

export interface RuleCase {
  /** What the rule refuses, to be read behind "finds". */
  readonly title: string
  readonly rule: string
  readonly broken: FixtureTree
  /** The places of the findings, `path:line`. Nothing else may be found in `broken`. */
  readonly at: readonly string[]
  readonly corrected: FixtureTree
}

/** Declares two tests per case: the rule fires at these places, and on the twin nothing fires at all. */
export function ruleSuite(
  name: string,
  check: (root: string) => readonly Finding[],
  cases: readonly RuleCase[],
): void {
  describe(name, () => {
    for (const { title, rule, broken, at, corrected } of cases) {
      it(`finds ${title}`, () => {
        const findings = withTree(broken, check)
        assert.deepEqual(
          findings.map((found) => `${found.rule} ${found.path}:${found.line}`),
          at.map((place) => `${rule} ${place}`),
        )
      })
      it(`finds nothing in the corrected twin of ${title}`, () => {
        assert.deepEqual(withTree(corrected, check), [])
      })
    }
  })
}
