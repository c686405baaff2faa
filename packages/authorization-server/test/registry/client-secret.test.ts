import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { systemRandom } from '@mintmark/runtime'
import { generateClientSecret } from '../../src/registry/client-secret.ts'

/** The id in a text that is one of our secrets by form and checksum, as a scanner tells one. */
function secretIdIn(text: string): string | undefined {
  const [whole, body = '', id, check = ''] =
    /^(mm_(?:live|test)_(\w{10})_\w{43})(\w{6})$/.exec(text) ?? []
  return whole !== undefined && numberOf(check) === crc32(body) ? id : undefined
}

/** Of digits, capitals and small letters, the first digit counting most. */
function numberOf(base62: string): number {
  const place = (letter: string): number => {
    const at = letter.charCodeAt(0)
    return at < 58 ? at - 48 : at < 91 ? at - 55 : at - 61
  }
  return [...base62].reduce((sum, letter) => sum * 62 + place(letter), 0)
}

test('a generated secret names its own id and carries 256 bits', () => {
  const { id, secret } = generateClientSecret(systemRandom)
  const text = secret.reveal()
  assert.match(text, /^mm_live_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/)
  assert.equal(secretIdIn(text), id)
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
    assert.equal(secretIdIn(other), undefined)
  }
})

test('a generated secret prints as nothing but its kind', () => {
  const { secret } = generateClientSecret(systemRandom)
  assert.equal(`${secret} ${JSON.stringify({ secret })}`.includes('mm_live_'), false)
})
