import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isInternalAddress } from '../../../src/client-authentication/keys/internal-addresses.ts'

const internal = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::a00:1',
  '2001::1',
  '2001:db8::1',
  '2002:a00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
]

for (const address of internal) {
  test(`${address} is no public address [A6]`, () => {
    assert.equal(isInternalAddress(address), true)
  })
}

for (const address of ['8.8.8.8', '172.32.0.1', '192.169.0.1', '2606:4700::1', '2a00:1450::1']) {
  test(`${address} is a public address [A6]`, () => {
    assert.equal(isInternalAddress(address), false)
  })
}

test('what is no address is not taken for a public one [A6]', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(isInternalAddress(`${text} `), true)
    }),
  )
})

test('every IPv4 address of a private network is internal, however IPv6 spells it [A6]', () => {
  const octet = fc.nat(255)
  fc.assert(
    fc.property(fc.constantFrom('10', '127'), octet, octet, octet, (a, b, c, d) => {
      assert.equal(isInternalAddress(`${a}.${b}.${c}.${d}`), true)
      assert.equal(isInternalAddress(`::ffff:${a}.${b}.${c}.${d}`), true)
    }),
  )
})
