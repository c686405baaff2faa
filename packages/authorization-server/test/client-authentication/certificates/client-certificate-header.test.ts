import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CertificateEncoding } from '@mintmark/protocol'
import { partnerCertificate } from '@mintmark/testkit'
import fc from 'fast-check'
import { proxiedCertificate } from '../../../src/client-authentication/certificates/client-certificate-header.ts'
import { createCallerAddresses } from '../../../src/http/caller-address.ts'
import { type HeaderValue, severalHeaders } from '../../../src/http/endpoint.ts'

const body = partnerCertificate.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')
const der = new Uint8Array(Buffer.from(body, 'base64'))
const field = `:${body}:`
const pem = `${partnerCertificate.cert}\n`
const escaped = encodeURIComponent(pem)
const own = { der: Uint8Array.of(1), isTrusted: false }
/** The certificate in either form. */
const forms: readonly (readonly [encoding: CertificateEncoding | undefined, value: string])[] = [
  [undefined, field],
  ['rfc9440', field],
  ['escaped-pem', escaped],
]

function reading(
  remoteAddress: string | undefined,
  value: HeaderValue,
  encoding?: CertificateEncoding,
) {
  const events: string[] = []
  const proxies = { trustedProxies: ['10.0.0.0/8', '2001:db8::1'] }
  const callers = createCallerAddresses(proxies, () => undefined)
  const source = proxiedCertificate(
    { header: 'Client-Cert', ...(encoding && { encoding }) },
    callers,
    ({ type }) => void events.push(type),
  )
  const certificate = source({ remoteAddress, header: () => value }, () => own)
  return { certificate, events }
}

test('a certificate in a field is believed from a trusted proxy [A6]', () => {
  for (const peer of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1']) {
    for (const [encoding, value] of forms) {
      const { certificate, events } = reading(peer, value, encoding)
      assert.deepEqual(certificate, { der, isTrusted: true })
      assert.deepEqual(events, [])
    }
  }
})

test('from anybody else the field is ignored and told of, and the connection counts [A6]', () => {
  for (const peer of ['11.0.0.1', '2001:db8::2', '127.0.0.1', undefined, 'nonsense']) {
    for (const [encoding, value] of forms) {
      assert.deepEqual(reading(peer, value, encoding), {
        certificate: own,
        events: ['certificate_header_ignored'],
      })
    }
    assert.deepEqual(reading(peer, undefined), { certificate: own, events: [] })
  }
})

test('the certificate of the connection to a proxy is the own one of that proxy, and nobody else is it [A6]', () => {
  for (const [encoding] of forms) {
    const nothing = { certificate: undefined, events: [] }
    assert.deepEqual(reading('10.1.2.3', undefined, encoding), nothing)
  }
})

const unreadable = [
  ...['', body, `:${body}`, `${body}:`, `"${body}"`, `:${body}:;v=1`, `:${body}:, :${body}:`, '::'],
  ...[':****:', ':YQ', `:${body.slice(0, -3)}:`, `: ${body}:`, ':YR==:', `:${'A'.repeat(20_000)}:`],
]

const unescapable = [
  ...['', pem, body, partnerCertificate.cert, escaped.replaceAll('%0A', ' '), `${escaped}%0`],
  ...[escaped + escaped, `${escaped}, ${escaped}`, `"${escaped}"`, ` ${escaped}`, `${escaped}%00`],
  ...[encodeURIComponent(escaped), escaped.replaceAll('CERTIFICATE', 'PRIVATE%20KEY')],
  ...[escaped.replace('BEGIN', 'END'), escaped.replaceAll('%0A', ''), 'A'.repeat(40_000)],
]

for (const [encoding, values] of [
  ['rfc9440', [...unreadable, escaped, severalHeaders]],
  ['escaped-pem', [...unescapable, field, severalHeaders]],
] as const) {
  for (const value of values) {
    const name = typeof value === 'string' ? value.slice(0, 20) : 'several fields'
    test(`a proxy that sends "${name}" (${String(value).length}) for ${encoding} sends no certificate [A6]`, () => {
      const { certificate, events } = reading('10.1.2.3', value, encoding)
      assert.equal(certificate, undefined)
      assert.deepEqual(events, ['certificate_header_unreadable'])
    })
  }
}

test('no text is a certificate in two forms, and none counts from a stranger [A6]', () => {
  const parts = fc.constantFrom(
    ...[':', '%', '%0A', '%2B', '=', 'A', 'MIIB', ' ', ',', '\n', escaped, field, body],
    ...['-----BEGIN%20CERTIFICATE-----%0A', '%0A-----END%20CERTIFICATE-----'],
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (given) => {
      const value = given.join('')
      const read = (['rfc9440', 'escaped-pem'] as const).filter((encoding) => {
        assert.equal(reading('192.0.2.1', value, encoding).certificate, own)
        return reading('10.1.2.3', value, encoding).certificate !== undefined
      })
      assert.ok(read.length < 2)
    }),
    { numRuns: 200, examples: [[[escaped]], [[field]]] },
  )
})
