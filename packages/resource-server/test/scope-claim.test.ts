import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyScope } from '@mintmark/protocol'
import { createScopeReader } from '../src/scope-claim.ts'

test('a scope claim is read as a set', () => {
  assert.deepEqual(createScopeReader()('write read')?.tokens, ['read', 'write'])
})

test('an absent and an empty scope claim are the empty scope', () => {
  assert.equal(createScopeReader()(undefined), emptyScope)
  assert.equal(createScopeReader()(''), emptyScope)
})

test('tokens with the same scope share one set', () => {
  const read = createScopeReader()
  assert.equal(read('read write'), read(['read', 'write'].join(' ')))
})

test('more scopes than are remembered are still read, and fill no memory without bound', () => {
  const read = createScopeReader()
  for (let count = 0; count < 2_000; count += 1) read(`orders:${count}`)
  assert.deepEqual(read('orders:1999')?.tokens, ['orders:1999'])
  assert.notEqual(read('orders:1999'), read('orders:1999'))
})

for (const claim of [
  ' ',
  'read  write',
  ' read',
  'read ',
  'read\n',
  'r"d',
  'r\\d',
  'é',
  '\u0000',
]) {
  test(`a scope claim of ${JSON.stringify(claim)} breaks the grammar`, () => {
    assert.equal(createScopeReader()(claim), undefined)
  })
}
