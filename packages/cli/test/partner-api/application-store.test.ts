import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock, seededRandom } from '@mintmark/testkit'
import { createApplicationStore } from '../../src/demo/partner-api/application-store.ts'
import { readIdempotencyKey } from '../../src/demo/partner-api/idempotency-key.ts'
import { applicationsKept } from '../../src/demo/partner-api/limits.ts'

const draft = { applicant: 'Ada', amount: 100, currency: 'EUR', reference: undefined }
const emptyStore = () => createApplicationStore(new FakeClock(), seededRandom(1))

function idOf(taken: ReturnType<ReturnType<typeof emptyStore>['take']>): string {
  assert.ok(typeof taken === 'object')
  return taken.application.id
}

test('shows an application to the client that made it, and to nobody else', () => {
  const store = emptyStore()
  const id = idOf(store.take('partner-a', draft, undefined))
  assert.equal(store.find('partner-a', id)?.applicant, 'Ada')
  assert.equal(store.find('partner-b', id), undefined)
  assert.deepEqual(store.latest('partner-b'), [])
})

test('a key stands for one application of its client, and for no other draft', () => {
  const store = emptyStore()
  const first = idOf(store.take('partner-a', draft, 'k'))
  assert.equal(idOf(store.take('partner-a', { ...draft }, 'k')), first)
  assert.notEqual(idOf(store.take('partner-b', draft, 'k')), first)
  assert.equal(store.take('partner-a', { ...draft, amount: 200 }, 'k'), 'key_used_otherwise')
  assert.equal(store.latest('partner-a').length, 1)
})

test('keeps so many applications and no more; with the oldest its key is free again', () => {
  const store = emptyStore()
  const oldest = idOf(store.take('partner-a', draft, 'k'))
  for (let at = 1; at < applicationsKept; at++) store.take('partner-b', draft, undefined)
  assert.ok(store.find('partner-a', oldest))
  const newest = idOf(store.take('partner-b', draft, undefined))
  assert.equal(store.find('partner-a', oldest), undefined)
  assert.deepEqual(store.latest('partner-a'), [])
  assert.equal(store.latest('partner-b')[0]?.id, newest)
  assert.equal(store.latest('partner-b').length, 100)
  assert.notEqual(idOf(store.take('partner-a', draft, 'k')), oldest)
})

test('reads a key with quotes and without, and nothing else', () => {
  assert.equal(readIdempotencyKey('"a b"'), 'a b')
  assert.equal(readIdempotencyKey('8e03978e-40d5'), '8e03978e-40d5')
  assert.equal(readIdempotencyKey(undefined), undefined)
  for (const value of ['', '""', 'a b', '"a', 'a"', '"é"', 'x'.repeat(256), ['a', 'b']]) {
    assert.equal(readIdempotencyKey(value), 'malformed')
  }
})
