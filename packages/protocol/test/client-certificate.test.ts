import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import {
  certificateEncodings,
  createCertificateReader,
  parseClientCertificate,
  parseEscapedCertificate,
} from '@mintmark/protocol'
import { partnerCertificate } from '@mintmark/testkit'
import fc from 'fast-check'

/** As nginx escapes what it has verified: everything but unreserved characters. */
const escaped = (pem: string) =>
  encodeURIComponent(pem).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const pemOf = (octets: Uint8Array) => {
  const lines =
    Buffer.from(octets)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

test('octets have one text in a field, with or without padding [A6, R5]', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (octets) => {
      const text = Buffer.from(octets).toString('base64')
      assert.deepEqual(parseClientCertificate(`:${text}:`), octets)
      assert.deepEqual(parseClientCertificate(`:${text.replace(/=+$/, '')}:`), octets)
    }),
    { numRuns: 100 },
  )
})

test('no text makes reading a field throw [A6, R5]', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      const octets = parseClientCertificate(text)
      assert.ok(octets === undefined || octets.length > 0)
    }),
    { numRuns: 200 },
  )
})

test('the same octets come out of an escaped PEM, whatever its line ends [R5]', () => {
  const { raw } = new X509Certificate(partnerCertificate.cert)
  const pem = `${partnerCertificate.cert}\n`
  for (const text of [pem, pem.trimEnd(), pem.replaceAll('\n', '\r\n'), pemOf(raw)]) {
    assert.deepEqual(parseEscapedCertificate(escaped(text)), new Uint8Array(raw))
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (octets) => {
      assert.deepEqual(parseEscapedCertificate(escaped(pemOf(octets))), octets)
    }),
    { numRuns: 100 },
  )
})

const pem = pemOf(new Uint8Array(100).fill(7))
for (const [title, value] of [
  ['nothing', ''],
  ['what is not escaped', pem],
  ['a byte sequence', ':AAAA:'],
  ['two certificates', escaped(pem + pem)],
  ['something before it', escaped(`a\n${pem}`)],
  ['something behind it', escaped(`${pem}a`)],
  ['a key', escaped(pem.replaceAll('CERTIFICATE', 'PRIVATE KEY'))],
  ['no lines', escaped('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n')],
  ['half an escape', `${escaped(pem)}%0`],
  ['characters beyond ASCII', `${escaped(pem)}%C3%A9`],
  ['stray bits', escaped(pem.replace('Bw==', 'Bx=='))],
  ['more than 12 KiB', escaped(pemOf(new Uint8Array(12_289)))],
  ['far too much', 'A'.repeat(1_000_000)],
] as const) {
  test(`${title} is no escaped certificate [R5]`, () => {
    assert.equal(parseEscapedCertificate(value), undefined)
  })
}

test('no text makes reading an escaped certificate throw [R5]', () => {
  const parts = fc.constantFrom('%', '0', 'A', '%0A', '=', '-----BEGIN%20CERTIFICATE-----', '%FF')
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (given) => {
      const octets = parseEscapedCertificate(given.join(''))
      assert.ok(octets === undefined || octets.length > 0)
    }),
    { numRuns: 200 },
  )
})

const written = {
  rfc9440: (octets: Uint8Array) => `:${Buffer.from(octets).toString('base64')}:`,
  'escaped-pem': (octets: Uint8Array) => escaped(pemOf(octets)),
} as const

test('a reader takes one form and no other, and knows a text again [A6, R5]', () => {
  assert.deepEqual(certificateEncodings, ['rfc9440', 'escaped-pem'])
  const octets = fc.uint8Array({ minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(fc.constantFrom(...certificateEncodings), octets, (encoding, given) => {
      const read = createCertificateReader(encoding, 2)
      for (const each of certificateEncodings) {
        assert.deepEqual(read(written[each](given)), each === encoding ? given : undefined)
      }
      const text = written[encoding](given)
      assert.equal(read(text), read(text))
    }),
    { numRuns: 50 },
  )
})

test('a reader remembers so many certificates and no more [A6, R5]', () => {
  const read = createCertificateReader('rfc9440', 2)
  const [a, b, c] = [1, 2, 3].map((octet) => written.rfc9440(Uint8Array.of(octet)))
  assert(a !== undefined && b !== undefined && c !== undefined)
  const first = read(a)
  read(b)
  for (const unreadable of ['', ':', ':*:']) assert.equal(read(unreadable), undefined)
  assert.equal(read(a), first, 'what is no certificate is not remembered')
  read(c)
  assert.notEqual(read(a), first)
  assert.deepEqual(read(a), first)
})
