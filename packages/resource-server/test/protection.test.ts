import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProtectOptions, Verdict } from '@mintmark/resource-server'
import { createProtection } from '../src/protection.ts'
import { carrying, guardWorld, signedToken } from './guard-world.ts'

const { guard } = guardWorld()
const announceNothing = () => assert.fail('nothing is announced')

test('a token seen before is decided upon without waiting [R3]', async () => {
  const protection = createProtection({ guard, scope: { any: 'decisions:read other' } })
  const request = carrying(signedToken())
  const first = protection.decide(request, announceNothing)
  assert.ok(first instanceof Promise)
  const admission = await first
  assert.ok(admission.admitted)
  assert.equal(protection.decide(request, announceNothing), admission)
})

test('a request without a token is refused without waiting', () => {
  const refusal = createProtection({ guard }).decide({ headers: {} }, announceNothing) as Verdict
  assert.equal(refusal.admitted, false)
})

test('what a scope predicate throws is thrown, or comes out of the promise', async () => {
  const scope = () => {
    throw new Error('from the predicate')
  }
  const world = guardWorld()
  const protection = createProtection({ guard: world.guard, scope })
  const request = carrying(signedToken())
  const decide = async () => await protection.decide(request, announceNothing)
  await assert.rejects(decide, /from the predicate/)
  assert.throws(() => protection.decide(request, announceNothing), /from the predicate/)
})

const mistakes: readonly [string, object][] = [
  ['a scope that went missing', { guard, scope: undefined }],
  ['an empty scope', { guard, scope: '' }],
  ['a malformed scope', { guard, scope: 'read  write' }],
  ['a misspelt option', { guard, scopes: 'read' }],
  ['a guard that was forgotten', { scope: 'read' }],
  ['the promise of a guard', { guard: Promise.resolve(guard) }],
]
test('options that were forgotten altogether fail by name', () => {
  for (const options of [undefined, null, 'read']) {
    assert.throws(() => createProtection(options as never), /^TypeError: options: expected an obj/)
  }
})
for (const [title, options] of mistakes) {
  test(`${title} fails when the route is set up`, () => {
    assert.throws(() => createProtection(options as ProtectOptions), TypeError)
  })
}
