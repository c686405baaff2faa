import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatIpAddress, parseIpAddress } from '@mintmark/limits'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { asInUrls, theirAddress } from './their-address.ts'

const same: readonly (readonly [text: string, written: string])[] = [
  ['203.0.113.7', '203.0.113.7'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:DB8::0001', '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['1::', '1::'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:cb00:7107', '203.0.113.7'],
  ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8::1.2.3.4', '2001:db8::102:304'],
  ['::1.2.3.4', '::102:304'],
  ['::ffff:0:1.2.3.4', '::ffff:0:102:304'],
  ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
]
for (const [text, written] of same) {
  test(`${text} is ${written}`, () => {
    const address = parseIpAddress(text)
    assert.ok(address !== undefined)
    assert.equal(formatIpAddress(address), written)
  })
}

const none = [
  ...['', ' ', '1', '1.2.3', '1.2.3.4.5', '1.2.3.', '.1.2.3', '1..2.3', '1.2.3.4 ', ' 1.2.3.4'],
  ...['256.1.1.1', '1.2.3.1000', '01.2.3.4', '1.2.3.00', '0x7f.1.1.1', '127.1', '2130706433'],
  ...['1.2.3.-4', '1.2.3.+4', '1.2.3.4e0', '1.2.3.٤', '1.2.3.4\0', '1.2.3.4\n', '1.2.3.4/32'],
  ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::'],
  ...['::1:2:3:4:5:6:7:8', ':1::', '1:', ':1', '12345::', '::g', '::1%eth0', '[::1]', '::1 '],
  ...['1.2.3.4::', '::1.2.3', '::1.2.3.4:1', '1:2:3:4:5:6:7:1.2.3.4', '::01.2.3.4', '::+1'],
  ...[`::${'0'.repeat(100)}1`, '1'.repeat(10_000), ':'.repeat(10_000)],
]
for (const text of none) {
  test(`${JSON.stringify(text.slice(0, 40))} is no address`, () => {
    assert.equal(parseIpAddress(text), undefined)
  })
}

test('accepts what ipaddr.js does in the strict forms, and reads the same bits', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = parseIpAddress(text)
      assert.ok(address !== undefined, text)
      assert.deepEqual(octetsOf(address.groups), theirAddress(text).toByteArray(), text)
    }),
    { numRuns: 200 },
  )
})

test('accepts nothing that ipaddr.js does not, in texts that are nearly addresses', () => {
  const someText = fc
    .array(fc.constantFrom(...'0123456789abcdefF.:: '.split('')), { maxLength: 24 })
    .map((characters) => characters.join(''))
  const someEdit = fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(40), fc.constantFrom('', ':', '.', '0', 'f', '1'))
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1))
  fc.assert(
    fc.property(fc.oneof(someText, someEdit), (text) => {
      const address = parseIpAddress(text)
      if (address === undefined) return
      assert.ok(ipaddr.isValid(text), text)
      assert.deepEqual(octetsOf(address.groups), theirAddress(text).toByteArray(), text)
    }),
    { numRuns: 200 },
  )
})

test('an address is written in one way, which is read as the same address', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const address = parseIpAddress(text)
      assert.ok(address !== undefined)
      const written = formatIpAddress(address)
      assert.deepEqual(parseIpAddress(written)?.groups, address.groups)
      if (address.family === 6) assert.equal(written, asInUrls(text))
    }),
    { numRuns: 200 },
  )
})

function octetsOf(groups: readonly number[]): readonly number[] {
  return groups.flatMap((group) => [group >> 8, group & 0xff])
}
