import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contains, parseCidr, parseIpAddress } from '@mintmark/limits'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { theirAddress } from './their-address.ts'

const inside: readonly (readonly [network: string, address: string, isInside: boolean])[] = [
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.7/32', '203.0.113.8', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '203.0.113.7', false],
  ['::ffff:10.0.0.0/104', '10.9.9.9', true],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::', false],
  ['2001:db8:0:fe00::/55', '2001:db8:0:ff00::1', true],
  ['2001:db8:0:fe00::/55', '2001:db8:0:fc00::1', false],
  ['::1', '::1', true],
]
for (const [network, address, isInside] of inside) {
  test(`${address} is ${isInside ? '' : 'not '}in ${network}`, () => {
    assert.equal(contains(cidrOf(network), addressOf(address)), isInside)
  })
}

const none = [
  ...['10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/8 '],
  ...['10.0.0.0/255.0.0.0', '10.0.0.1/8', '10/8', '/8', '', '::/129', '2001:db8::1/32', '::/1e1'],
  ...['::ffff:10.0.0.0/8', 'fe80::%1/10', 'localhost', '10.0.0.0/8,11.0.0.0/8'],
]
for (const text of none) {
  test(`${JSON.stringify(text)} is no network`, () => assert.equal(parseCidr(text), undefined))
}

test('decides as ipaddr.js does which addresses are in which networks', () => {
  const someAddress = fc.oneof(fc.ipV4(), fc.ipV6())
  const property = fc.property(someAddress, fc.nat(128), someAddress, fc.nat(128), (...drawn) => {
    const [network, bitsDrawn, other, kept] = drawn
    const theirs = theirAddress(network)
    const bits = bitsDrawn % (theirs.kind() === 'ipv4' ? 33 : 129)
    const base = masked(theirs.toByteArray(), bits)
    const cidr = cidrOf(`${ipaddr.fromByteArray([...base]).toString()}/${bits}`)
    // Beside an address that has nothing to do with it, one that begins like the network.
    const near = base.map((octet, at) => (at * 8 < kept ? octet : (at * 89) & 0xff))
    for (const text of [other, ipaddr.fromByteArray([...near]).toString()]) {
      const address = theirAddress(text)
      const expected =
        address.kind() === theirs.kind() && address.match(ipaddr.fromByteArray([...base]), bits)
      assert.equal(contains(cidr, addressOf(text)), expected, `${text} in ${network}/${bits}`)
    }
  })
  fc.assert(property, { numRuns: 200 })
})

function cidrOf(text: string) {
  const cidr = parseCidr(text)
  assert.ok(cidr !== undefined, text)
  return cidr
}

function addressOf(text: string) {
  const address = parseIpAddress(text)
  assert.ok(address !== undefined, text)
  return address
}

function masked(octets: readonly number[], bits: number): readonly number[] {
  return octets.map((octet, at) => {
    const kept = Math.min(8, Math.max(0, bits - at * 8))
    return octet & (0xff ^ (0xff >> kept))
  })
}
