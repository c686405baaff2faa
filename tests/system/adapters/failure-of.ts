/** The client's own error that a call fails with. */
import assert from 'node:assert/strict'
import { TokenAcquisitionError } from '@mintmark/client'

/** Asserts that `promise` rejects with it, unwrapped, and gives it. */
export async function failureOf(promise: Promise<unknown>): Promise<TokenAcquisitionError> {
  const error = await promise.then(
    () => assert.fail('the call was answered'),
    (reason: unknown) => reason,
  )
  assert(error instanceof TokenAcquisitionError, `an error of another kind: ${error}`)
  return error
}
