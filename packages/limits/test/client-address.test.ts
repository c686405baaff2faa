import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientAddressOptions, clientAddressReader, formatIpAddress } from '@mintmark/limits'
import fc from 'fast-check'

const proxies = { trustedProxies: ['10.0.0.0/8', '2001:db8:aaaa::/48'] }
const forwarded = { ...proxies, header: 'forwarded' } as const

interface Case {
  readonly title: string
  readonly options?: ClientAddressOptions
  readonly peer?: string
  readonly value: string | readonly string[] | undefined
  readonly is: string
  readonly ending?: string
}

test('tells our proxies from everybody else', () => {
  const reader = clientAddressReader(proxies)
  const peers = [
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '2001:db8:aaaa::9%eth0',
    '192.0.2.1',
    '::1',
    '',
    'x',
  ]
  assert.deepEqual(
    [...peers, undefined].map((peer) => reader.isTrusted(peer)),
    [true, true, true, false, false, false, false, false],
  )
})

const cases: readonly Case[] = [
  { title: 'the peer, when no proxy is trusted', options: {}, value: '192.0.2.1', is: '10.0.0.1' },
  {
    title: 'the peer, when it is not trusted',
    peer: '198.51.100.1',
    value: '192.0.2.1',
    is: '198.51.100.1',
  },
  { title: 'the peer, when there is no header', value: undefined, is: '10.0.0.1' },
  { title: 'what the one proxy says', value: '192.0.2.1', is: '192.0.2.1' },
  {
    title: 'what the last proxy says, not what the client invents',
    value: '1.1.1.1, 192.0.2.1',
    is: '192.0.2.1',
  },
  {
    title: 'the first that is not trusted, through two proxies',
    value: '1.1.1.1, 192.0.2.1,10.9.9.9',
    is: '192.0.2.1',
  },
  {
    title: 'the leftmost, when all of them are trusted',
    value: '10.3.3.3, 10.2.2.2',
    is: '10.3.3.3',
  },
  {
    title: 'one of several headers, in their order',
    value: ['1.1.1.1', '192.0.2.1', '10.2.2.2'],
    is: '192.0.2.1',
  },
  { title: 'an address with a port', value: '192.0.2.1:50123', is: '192.0.2.1' },
  { title: 'an IPv6 address without brackets', value: '2001:db8::1', is: '2001:db8::1' },
  {
    title: 'an IPv6 address with brackets and port',
    value: '[2001:db8::1]:443',
    is: '2001:db8::1',
  },
  { title: 'an IPv4 address in IPv6', value: '::ffff:192.0.2.1', is: '192.0.2.1' },
  {
    title: 'through a peer in IPv6 notation',
    peer: '::ffff:10.0.0.1',
    value: '192.0.2.1',
    is: '192.0.2.1',
  },
  {
    title: 'through a peer of the other family',
    peer: '2001:db8:aaaa::9',
    value: '192.0.2.1',
    is: '192.0.2.1',
  },
  { title: 'a peer with a zone', peer: 'fe80::1%eth0', value: undefined, is: 'fe80::1' },
  {
    title: 'the last trusted, behind a malformed hop',
    value: '192.0.2.1, nonsense',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'the last trusted, behind an empty hop',
    value: '192.0.2.1, ,10.2.2.2',
    is: '10.2.2.2',
    ending: 'malformed_hop',
  },
  { title: 'the last trusted, for an empty header', value: '', is: '10.0.0.1' },
  {
    title: 'the last trusted, for an unknown client',
    value: 'unknown',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'the last trusted, for brackets around IPv4',
    value: '[192.0.2.1]',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'the last trusted, for a leading zero',
    value: '192.0.02.1',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'the last trusted, after too many hops',
    value: `192.0.2.1,${Array(40).fill('10.1.1.1').join()}`,
    is: '10.1.1.1',
    ending: 'too_many_hops',
  },
  {
    title: 'what stands at the end of a header that is too long',
    value: `${'1.1.1.1, '.repeat(10_000)}192.0.2.1`,
    is: '192.0.2.1',
  },
  {
    title: 'the last trusted, where a long header is cut',
    value: `${'7'.repeat(5_000)}, 10.2.2.2`,
    is: '10.2.2.2',
    ending: 'malformed_hop',
  },
  {
    title: 'what Forwarded says',
    options: forwarded,
    value: 'for=192.0.2.1;proto=https;by=10.0.0.1',
    is: '192.0.2.1',
  },
  {
    title: 'what the last element of Forwarded says',
    options: forwarded,
    value: 'for=1.1.1.1, For="192.0.2.1:4711"',
    is: '192.0.2.1',
  },
  {
    title: 'an IPv6 address in Forwarded',
    options: forwarded,
    value: 'for="[2001:db8::1]:4711"',
    is: '2001:db8::1',
  },
  {
    title: 'through two proxies in Forwarded',
    options: forwarded,
    value: 'for=192.0.2.1;host="a,b", for=10.2.2.2',
    is: '192.0.2.1',
  },
  {
    title: 'the last trusted, for a hidden name in Forwarded',
    options: forwarded,
    value: 'for=_secret',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'the last trusted, without for',
    options: forwarded,
    value: 'proto=https',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'the last trusted, with for twice',
    options: forwarded,
    value: 'for=1.1.1.1;for=192.0.2.1',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'the last trusted, for a broken element',
    options: forwarded,
    value: 'for=192.0.2.1;;x',
    is: '10.0.0.1',
    ending: 'malformed_hop',
  },
  {
    title: 'what the proxy says behind a quote that the client left open',
    options: forwarded,
    value: 'for="x, for=192.0.2.1',
    is: '192.0.2.1',
  },
]
for (const { title, options = proxies, peer = '10.0.0.1', value, is, ending = 'found' } of cases) {
  test(`the address of a client is ${title}`, () => {
    const found = clientAddressReader(options).read(peer, value)
    assert.ok(found.address !== undefined)
    assert.deepEqual([formatIpAddress(found.address), found.ending], [is, ending])
  })
}

test('a peer without an address has none, whatever the header says', () => {
  const reader = clientAddressReader(proxies)
  assert.equal(reader.read(undefined, '192.0.2.1').address, undefined)
  assert.equal(reader.read('', undefined).address, undefined)
})

test('tells that a header of a peer that is not trusted was not looked at', () => {
  const reader = clientAddressReader(proxies)
  assert.equal(reader.read('198.51.100.1', '192.0.2.1').isHeaderIgnored, true)
  assert.equal(reader.read('198.51.100.1', undefined).isHeaderIgnored, false)
  assert.equal(reader.read('10.0.0.1', '192.0.2.1').isHeaderIgnored, false)
})

test('whatever a client sends, behind a proxy that adds to it the address is what the proxy saw', () => {
  const someHeader = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc
      .array(fc.constantFrom('for=', '"', ',', ';', '\\', '1.1.1.1', '10.0.0.9', ' ', '[::1]'))
      .map((pieces) => pieces.join('')),
  )
  const options = [
    [proxies, '192.0.2.1'],
    [forwarded, 'for=192.0.2.1;by="[2001:db8:aaaa::1]"'],
  ] as const
  fc.assert(
    fc.property(someHeader, fc.constantFrom(...options), (sent, [settings, seen]) => {
      const { address } = clientAddressReader(settings).read('10.0.0.1', `${sent}, ${seen}`)
      assert.ok(address !== undefined)
      assert.equal(formatIpAddress(address), '192.0.2.1')
    }),
    { numRuns: 200 },
  )
})

test('a hostile header is read in time that grows with its length, not with the square of it', () => {
  const pieces = [';"', ';', 'a=b;', '"', 'for="', 'a=";', ' ', '\t,', ' x', '[', ':', '1.', ',']
  const readers = [proxies, forwarded].map(clientAddressReader)
  // Some 20 million characters are looked at. With the square of 2,048 it would be 50 billion steps.
  for (const piece of pieces) {
    const value = piece.repeat(2_048)
    for (const reader of readers) {
      for (let count = 0; count < 200; count++) reader.read('10.0.0.1', value)
    }
  }
})

const refused: readonly (readonly [title: string, options: object])[] = [
  ['a network that is none', { trustedProxies: ['10.0.0.0/8', 'loopback'] }],
  ['a network with bits behind its prefix', { trustedProxies: ['10.0.0.1/8'] }],
  ['a network that is no text', { trustedProxies: [10] }],
  ['networks in one text', { trustedProxies: '10.0.0.0/8' }],
  ['too many networks', { trustedProxies: Array(257).fill('10.0.0.0/8') }],
  ['a header that there is not', { header: 'x-real-ip' }],
  ['an unknown option', { trustProxy: true }],
]
for (const [title, options] of refused) {
  test(`no reader is made with ${title}`, () => {
    assert.throws(() => clientAddressReader(options as ClientAddressOptions), { name: 'TypeError' })
  })
}
