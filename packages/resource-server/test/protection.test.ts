import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProtectOptions } from '@mintmark/resource-server'
import { requirementOf } from '../src/protection.ts'
import { guardWorld } from './guard-world.ts'

const { guard } = guardWorld()

test('a scope is passed on as it was written', () => {
  const scope = { any: 'read write' }
  assert.equal(requirementOf({ guard, scope }).scope, scope)
})

test('no scope is asked for where none is given', () => {
  assert.deepEqual(requirementOf({ guard }), {})
})

const mistakes: readonly [string, object][] = [
  ['a scope that went missing', { guard, scope: undefined }],
  ['an empty scope', { guard, scope: '' }],
  ['a malformed scope', { guard, scope: 'read  write' }],
  ['a misspelt option', { guard, scopes: 'read' }],
]
for (const [title, options] of mistakes) {
  test(`${title} fails when the route is set up`, () => {
    assert.throws(() => requirementOf(options as ProtectOptions), TypeError)
  })
}
