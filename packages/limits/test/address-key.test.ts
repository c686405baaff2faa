import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressKey, parseIpAddress } from '@mintmark/limits'

const keys: readonly (readonly [address: string, bits: number, key: string])[] = [
  ['203.0.113.7', 64, '203.0.113.7'],
  ['::ffff:203.0.113.7', 64, '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3:4:5:6', 56, '2001:db8:1::/56'],
  ['2001:db8::1.2.3.4', 64, '2001:db8::/64'],
  ['2001:db8::1', 128, '2001:db8::1/128'],
]
for (const [text, bits, key] of keys) {
  test(`the bucket of ${text} is ${key}, by ${bits} bits [R9]`, () => {
    assert.equal(addressKey(parseIpAddress(text), bits), key)
  })
}

test('whoever has no address is in one bucket', () => {
  assert.equal(addressKey(undefined, 64), 'none')
})
