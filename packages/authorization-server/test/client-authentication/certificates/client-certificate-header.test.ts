import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partnerCertificate } from '@mintmark/testkit'
import { proxiedCertificate } from '../../../src/client-authentication/certificates/client-certificate-header.ts'
import { createCallerAddresses } from '../../../src/http/caller-address.ts'
import { type HeaderValue, severalHeaders } from '../../../src/http/endpoint.ts'

const body = partnerCertificate.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')
const field = `:${body}:`
const own = { der: Uint8Array.of(1), isTrusted: false }

function reading(remoteAddress: string | undefined, value: HeaderValue) {
  const events: string[] = []
  const proxies = { trustedProxies: ['10.0.0.0/8', '2001:db8::1'] }
  const callers = createCallerAddresses(proxies, () => undefined)
  const source = proxiedCertificate(
    { header: 'Client-Cert' },
    callers,
    ({ type }) => void events.push(type),
  )
  const certificate = source({ remoteAddress, header: () => value }, () => own)
  return { certificate, events }
}

test('a certificate in a field is believed from a trusted proxy [A6]', () => {
  for (const peer of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1']) {
    const { certificate, events } = reading(peer, field)
    assert.deepEqual(certificate, {
      der: new Uint8Array(Buffer.from(body, 'base64')),
      isTrusted: true,
    })
    assert.deepEqual(events, [])
  }
})

test('from anybody else the field is ignored and told of, and the connection counts [A6]', () => {
  for (const peer of ['11.0.0.1', '2001:db8::2', '127.0.0.1', undefined, 'nonsense']) {
    assert.deepEqual(reading(peer, field), {
      certificate: own,
      events: ['certificate_header_ignored'],
    })
    assert.deepEqual(reading(peer, undefined), { certificate: own, events: [] })
  }
})

test('the certificate of the connection to a proxy is the own one of that proxy, and nobody else is it [A6]', () => {
  assert.deepEqual(reading('10.1.2.3', undefined), { certificate: undefined, events: [] })
})

const unreadable = [
  ...['', body, `:${body}`, `${body}:`, `"${body}"`, `:${body}:;v=1`, `:${body}:, :${body}:`, '::'],
  ...[':****:', ':YQ', `:${body.slice(0, -3)}:`, `: ${body}:`, ':YR==:', `:${'A'.repeat(20_000)}:`],
]

for (const value of [...unreadable, severalHeaders]) {
  const name = typeof value === 'string' ? value.slice(0, 20) : 'several fields'
  test(`a proxy that sends "${name}" (${String(value).length}) sends no certificate [A6]`, () => {
    const { certificate, events } = reading('10.1.2.3', value as HeaderValue)
    assert.equal(certificate, undefined)
    assert.deepEqual(events, ['certificate_header_unreadable'])
  })
}
