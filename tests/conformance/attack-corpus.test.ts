/** What the corpus of attacks is with an algorithm whose signatures are slow to make. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createAttackCorpus } from '@mintmark/testkit'

test('the corpus is the same in every run, with PS256', () => {
  const [one, other] = [1, 2].map(() => {
    const { cases } = createAttackCorpus({ algorithm: 'PS256' })
    return createHash('sha256').update(JSON.stringify(cases)).digest('hex')
  })
  assert.equal(one, other)
})
