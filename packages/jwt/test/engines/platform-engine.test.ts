import assert from 'node:assert/strict'
import { test } from 'node:test'
import { platformEngine } from '@mintmark/jwt'

test('chooses the synchronous engine where the platform has one', () => {
  assert.equal(platformEngine().name, 'node')
})
