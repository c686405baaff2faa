import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { connect } from 'node:net'
import { test } from 'node:test'
import {
  otherPartnerCertificate,
  partnerCertificate,
  serverCertificate,
  startLoopbackServer,
  strangerCertificate,
} from '@mintmark/testkit'
import { partner, type ServingTls, servingTls } from './serving-tls.ts'

const form = { client_id: partner }
const byName = {
  authenticationMethods: ['tls_client_auth'],
  settings: { certificate: { kind: 'subject_dn', value: 'CN=partner' } },
} as const
const jwkOf = ({ cert }: { cert: string }) => ({
  ...new X509Certificate(cert).publicKey.export({ format: 'jwk' }),
})
const jwks = JSON.stringify({ keys: [jwkOf(serverCertificate), jwkOf(strangerCertificate)] })
const byKey = {
  authenticationMethods: ['self_signed_tls_client_auth'],
  settings: { keys: { kind: 'jwks', jwks } },
} as const

function lastReason({ events }: ServingTls): string | undefined {
  return events.flatMap((event) => (event.type === 'request_refused' ? [event.reason] : [])).at(-1)
}

test('a client gets in by the name in a certificate of a trusted authority [A6]', async () => {
  await using world = await servingTls(byName)
  const { status, body } = await world.ask(form, { certificate: partnerCertificate })
  assert.equal(status, 200)
  assert.equal(body.token_type, 'Bearer')
})

test('another name, another authority and no certificate at all are refused alike [A6]', async () => {
  await using world = await servingTls(byName)
  const attempts = [
    [{ certificate: otherPartnerCertificate }, 'certificate_of_another'],
    [{ certificate: strangerCertificate }, 'certificate_not_trusted'],
    [{}, 'certificate_missing'],
  ] as const
  for (const [request, reason] of attempts) {
    const { status, body } = await world.ask(form, request)
    assert.deepEqual([status, body.error], [401, 'invalid_client'])
    assert.equal(lastReason(world), reason)
  }
})

test('without client_id nobody is known by a certificate [A6]', async () => {
  await using world = await servingTls(byName)
  await world.ask({}, { certificate: partnerCertificate })
  assert.equal(lastReason(world), 'credentials_missing')
  await world.ask({ client_id: 'nobody' }, { certificate: partnerCertificate })
  assert.equal(lastReason(world), 'credentials_missing')
})

test('a client gets in by a certificate that it signed itself, when the key is registered [A6]', async () => {
  await using world = await servingTls(byKey)
  assert.equal((await world.ask(form, { certificate: strangerCertificate })).status, 200)
  await world.ask(form, { certificate: partnerCertificate })
  assert.equal(lastReason(world), 'certificate_of_another')
})

test('the keys of self-signed certificates may be published, and are compared without names [A6]', async () => {
  const publisher = await startLoopbackServer((_request, response) => {
    response.end(jwks)
  })
  try {
    const jwksUri = `${publisher.origin}/keys`
    const settings = { keys: { kind: 'jwks_uri', jwksUri } } as const
    await using world = await servingTls({ ...byKey, settings })
    assert.equal((await world.ask(form, { certificate: strangerCertificate })).status, 200)
    await world.ask(form, { certificate: partnerCertificate })
    assert.equal(lastReason(world), 'certificate_of_another')
  } finally {
    await publisher.close()
  }
})

test('a certificate beside a secret is no second method [A6]', async () => {
  await using world = await servingTls({ authenticationMethods: ['client_secret_post'] })
  const wrong = { ...form, client_secret: 'wrong' }
  await world.ask(wrong, { certificate: partnerCertificate })
  assert.equal(lastReason(world), 'secret_wrong')
})

test('a certificate that has expired is refused, also on a connection from before [A6]', async () => {
  await using world = await servingTls(byName)
  world.clock.stepWall(200 * 365 * 86_400_000)
  await world.ask(form, { certificate: partnerCertificate })
  assert.equal(lastReason(world), 'certificate_expired')
})

test('a resumed session still knows the certificate of its client [A6]', async () => {
  await using world = await servingTls(byName)
  const first = await world.ask(form, { certificate: partnerCertificate })
  assert.ok(first.session)
  const again = await world.ask(form, { certificate: partnerCertificate, session: first.session })
  assert.deepEqual([again.isResumed, again.status], [true, 200])
  const stranger = await world.ask(form, {})
  const resumed = await world.ask(form, stranger.session ? { session: stranger.session } : {})
  assert.equal(resumed.status, 401)
})

test('a spoofed header is no certificate [A6]', async () => {
  const clientCertificate = { header: 'Client-Cert' } as const
  const proxied = { clientCertificate, trustedProxies: ['10.0.0.0/8'] }
  const body = partnerCertificate.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  for (const options of [{}, proxied]) {
    await using world = await servingTls(byName, options)
    const { status } = await world.ask(form, { headers: { 'client-cert': `:${body}:` } })
    assert.deepEqual([status, lastReason(world)], [401, 'certificate_missing'])
  }
})

test('a proxy that is trusted passes the certificate on [A6]', async () => {
  const clientCertificate = { header: 'Client-Cert' } as const
  const trustedProxies = ['127.0.0.0/8']
  const field = (cert: string): string => `:${cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')}:`
  await using world = await servingTls(byName, { clientCertificate, trustedProxies })
  const own = { 'client-cert': field(partnerCertificate.cert) }
  assert.equal((await world.ask(form, { headers: own })).status, 200)
  const others = { 'client-cert': field(otherPartnerCertificate.cert) }
  await world.ask(form, { headers: others })
  assert.equal(lastReason(world), 'certificate_of_another')
  await world.ask(form, { certificate: partnerCertificate })
  assert.equal(lastReason(world), 'certificate_missing', 'that certificate is the proxy itself')
})

test('a proxy may pass it on in the PEM of nginx, and then in no other form [A6]', async () => {
  const clientCertificate = { header: 'X-SSL-Client-Cert', encoding: 'escaped-pem' } as const
  const trustedProxies = ['127.0.0.0/8']
  await using world = await servingTls(byName, { clientCertificate, trustedProxies })
  const send = async (value: string) => {
    const { status } = await world.ask(form, { headers: { 'x-ssl-client-cert': value } })
    return status === 200 ? 'ok' : lastReason(world)
  }
  const escaped = ({ cert }: { cert: string }): string => encodeURIComponent(`${cert}\n`)
  assert.equal(await send(escaped(partnerCertificate)), 'ok')
  assert.equal(await send(escaped(otherPartnerCertificate)), 'certificate_of_another')
  const body = partnerCertificate.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  assert.equal(await send(`:${body}:`), 'certificate_missing')
  assert.equal(await send(escaped({ cert: partnerCertificate.key })), 'certificate_missing')
  const nothing = { cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }
  assert.equal(await send(escaped(nothing)), 'certificate_malformed')
})

test('the field may have another name, and then has no other [A6]', async () => {
  const clientCertificate = { header: 'X-Client-Certificate' }
  const body = partnerCertificate.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  const trustedProxies = ['127.0.0.0/8']
  await using world = await servingTls(byName, { clientCertificate, trustedProxies })
  const named = { 'x-client-certificate': `:${body}:` }
  assert.equal((await world.ask(form, { headers: named })).status, 200)
  assert.equal((await world.ask(form, { headers: { 'client-cert': `:${body}:` } })).status, 401)
})

test('a certificate field without proxies to believe, and any other way, is refused at the start [A6]', async () => {
  const wrong: [object, RegExp][] = [
    [{ clientCertificate: { header: 'Client-Cert' } }, /needs "trustedProxies"/],
    [{ clientCertificate: { header: 'DPoP' }, trustedProxies: ['::1'] }, /"clientCertificate"/],
    [{ clientCertificate: { header: 'a b' }, trustedProxies: ['::1'] }, /"clientCertificate"/],
    [
      { clientCertificate: { header: 'Client-Cert', trustedPeers: ['::1'] } },
      /"clientCertificate"/,
    ],
    [{ clientCertificate: null }, /"clientCertificate"/],
    ...[null, '', 'pem', 'toString', ['rfc9440']].map((encoding): [object, RegExp] => [
      { clientCertificate: { header: 'Client-Cert', encoding }, trustedProxies: ['::1'] },
      /"clientCertificate" must have an encoding that is one of rfc9440, escaped-pem$/,
    ]),
  ]
  for (const [options, message] of wrong) {
    await assert.rejects(servingTls(byName, options), { name: 'TypeError', message })
  }
})

test('a replaced certificate is served without a restart, and a broken one is not [A6]', async () => {
  await using world = await servingTls(byName)
  const serverName = async () =>
    (await world.ask(form, { certificate: partnerCertificate })).serverName
  assert.equal(await serverName(), 'CN=localhost')
  world.replaceCertificate({ ...partnerCertificate, key: serverCertificate.key })
  await world.clock.advance(10_000)
  assert.equal(await serverName(), 'CN=localhost')
  world.replaceCertificate(otherPartnerCertificate)
  await world.clock.advance(10_000)
  assert.notEqual(await serverName(), 'CN=localhost')
  const types = world.events.map(({ type }) => type).filter((type) => type.startsWith('tls_'))
  assert.deepEqual(types, ['tls_certificate_unusable', 'tls_certificate_replaced'])
})

test('what is no TLS does not disturb anybody [A6]', async () => {
  await using world = await servingTls(byName)
  const socket = connect(Number(new URL(world.origin).port), '127.0.0.1')
  await new Promise((ended) => {
    socket.on('close', ended)
    socket.on('error', () => undefined)
    socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    socket.resume()
  })
  assert.equal((await world.ask(form, { certificate: partnerCertificate })).status, 200)
})
