/**
 * Holds the tables of what the standards ask for against the tests: every sentence has tests that are there, or a
 * reason why there is nothing to show.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { citationChecker } from './requirements/citations.ts'
import type { Requirement, Standard } from './requirements/requirement.ts'
import { rfc6749 } from './requirements/rfc6749.ts'
import { rfc7009 } from './requirements/rfc7009.ts'
import { rfc7523 } from './requirements/rfc7523.ts'
import { rfc7662 } from './requirements/rfc7662.ts'
import { rfc8414 } from './requirements/rfc8414.ts'
import { rfc8705 } from './requirements/rfc8705.ts'
import { rfc8707 } from './requirements/rfc8707.ts'
import { rfc9068 } from './requirements/rfc9068.ts'
import { rfc9396 } from './requirements/rfc9396.ts'
import { rfc9449 } from './requirements/rfc9449.ts'
import { rfc9700 } from './requirements/rfc9700.ts'

const standards: readonly Standard[] = [
  ...[rfc6749, rfc7009, rfc7523, rfc7662, rfc8414],
  ...[rfc8705, rfc8707, rfc9068, rfc9396, rfc9449, rfc9700],
]

const isThere = citationChecker(join(import.meta.dirname, '../..'))

for (const standard of standards) {
  describe(standard.name, () => {
    it('has a test that is there, or a reason, for every sentence', () => {
      for (const requirement of requirementsOf(standard)) {
        const { evidence } = requirement
        const what = nameOf(standard, requirement)
        if (evidence.kind === 'reason') assert(evidence.reason.length > 15, `${what}: no reason`)
        if (evidence.kind !== 'tests') continue
        assert(evidence.tests.length > 0, `${what}: no test`)
        const missing = evidence.tests.filter((citation) => !isThere(citation))
        assert.deepEqual(missing, [], `${what}: tests that are not there`)
      }
    })

    it('says nothing twice', () => {
      const names = requirementsOf(standard).map((each) => nameOf(standard, each))
      assert.equal(new Set(names).size, names.length)
    })
  })
}

it('finds no test that is not there', () => {
  const path = 'tests/conformance/rfc6749.test.ts'
  assert(isThere({ path, title: '3.2: has no GET at the token endpoint' }))
  assert(!isThere({ path, title: '3.2: has a GET at the token endpoint' }))
  assert(!isThere({ path, title: '3.2: has no BREW at the token endpoint' }))
  assert(!isThere({ path: 'tests/conformance/none.test.ts', title: '3.2' }))
})

function requirementsOf(standard: Standard): readonly Requirement[] {
  const { authorizationServer, client = [], resourceServer = [] } = standard
  return [...authorizationServer, ...client, ...resourceServer]
}

function nameOf({ name }: Standard, { section, level, says }: Requirement): string {
  return `${name} ${section}: ${level} ${says}`
}
