import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guarded, InvariantViolation, invariant } from '@mintmark/runtime'

test('an observer that throws does not disturb what it watches', () => {
  const heard: number[] = []
  const observer = guarded((event: number) => {
    heard.push(event)
    throw new Error('observer')
  })
  observer(1)
  observer(2)
  assert.deepEqual(heard, [1, 2])
})

test('a statement that holds passes, one that does not is a violation with its words', () => {
  invariant(true, 'the sky is up')
  assert.throws(
    () => invariant(0, 'zero is true'),
    (error) => {
      assert.ok(error instanceof InvariantViolation)
      assert.equal(error.message, 'zero is true')
      return true
    },
  )
})
