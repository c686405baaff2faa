import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '@mintmark/runtime'
import { generateClientSecret, secretIdOf } from '../../src/registry/client-secret.ts'

test('a generated secret names its own id and carries 256 bits', () => {
  const { id, secret } = generateClientSecret(systemRandom)
  const text = secret.reveal()
  assert.match(text, /^mm_live_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/)
  assert.equal(secretIdOf(text), id)
})

test('form encoding leaves a generated secret as it is, so forgetting it makes no difference', () => {
  const text = generateClientSecret(systemRandom).secret.reveal()
  assert.equal(encodeURIComponent(text), text)
})

test('two generated secrets share neither id nor randomness', () => {
  const first = generateClientSecret(systemRandom)
  const second = generateClientSecret(systemRandom)
  assert.notEqual(first.id, second.id)
  assert.notEqual(first.secret.reveal(), second.secret.reveal())
})

test('a secret with one character changed, cut or added is not of our format', () => {
  const text = generateClientSecret(systemRandom).secret.reveal()
  const changed = text.slice(0, 30) + (text[30] === 'a' ? 'b' : 'a') + text.slice(31)
  for (const other of [changed, text.slice(0, -1), `${text}0`, '', 'hunter2', text.toUpperCase()]) {
    assert.equal(secretIdOf(other), undefined)
  }
})

test('a generated secret prints as nothing but its kind', () => {
  const { secret } = generateClientSecret(systemRandom)
  assert.equal(`${secret} ${JSON.stringify({ secret })}`.includes('mm_live_'), false)
})
