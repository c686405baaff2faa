/**
 * Tokens bound to certificates (RFC 8705 section 3) at an API behind our guard: over real TLS, resumed connections too,
 * over HTTP/2, and behind a proxy that passes certificates on (RFC 9440).
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, createSecureServer } from 'node:http2'
import { Agent, createServer, type RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createGuard, type GuardEvent, type GuardOptions } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import {
  type FixtureCertificate,
  fixtureAuthority,
  otherPartnerCertificate,
  partnerCertificate,
  startLoopbackServer,
  strangerCertificate,
} from '@mintmark/testkit'
import { ask, resource, scope, startIssuer, tls } from './certificate-world.ts'

function guardOf(context: TestContext, issuer: string, options: Partial<GuardOptions> = {}) {
  const events: GuardEvent[] = []
  const observer = (event: GuardEvent) => void events.push(event)
  const guard = createGuard({ issuer, audience: resource, observer, ...options })
  context.after(() => guard.dispose())
  const lastCode = () => {
    const event = events.at(-1)
    return event?.type === 'request_refused' ? event.code : event?.type
  }
  return { guard, events, lastCode }
}

async function startApi(context: TestContext, options: GuardOptions & { issuer: string }) {
  const { guard, lastCode } = guardOf(context, options.issuer, options)
  const listener = protect({ guard, scope })((_, response) => void response.end('served'))
  const server = createServer(tls, listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const call = (token: string, certificate?: FixtureCertificate, more: RequestOptions = {}) =>
    ask(port, { headers: { authorization: `Bearer ${token}` }, ...certificate, ...more })
  return { call, lastCode }
}

test('a bound token works over a connection with its certificate and over no other [R5]', async (context) => {
  const { issuer, tokenFor } = await startIssuer(context)
  const { call, lastCode } = await startApi(context, { issuer, senderBinding: 'certificate' })
  for (const own of [partnerCertificate, strangerCertificate]) {
    const token = await tokenFor(own)
    assert.deepEqual((await call(token, own)).body, 'served')
    const other = await call(token, otherPartnerCertificate)
    assert.deepEqual([other.status, lastCode()], [401, 'certificate_mismatch'])
    assert.match(other.challenge ?? '', /^Bearer realm="api", error="invalid_token", /)
    const without = await call(token)
    assert.deepEqual([without.status, lastCode()], [401, 'certificate_missing'])
    assert.deepEqual((await call(token, own)).body, 'served')
  }
})

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a connection that is resumed still has its certificate (${version}) [R5]`, async (context) => {
    const { issuer, tokenFor } = await startIssuer(context)
    const { call, lastCode } = await startApi(context, { issuer })
    const token = await tokenFor(partnerCertificate)
    const agent = new Agent({ keepAlive: false, minVersion: version, maxVersion: version })
    context.after(() => agent.destroy())
    const resumed: boolean[] = []
    for (let at = 0; at < 3; at += 1) {
      const { body, isResumed } = await call(token, partnerCertificate, { agent })
      assert.equal(body, 'served')
      resumed.push(isResumed)
    }
    assert.ok(resumed.includes(true))
    const other = await call(token, otherPartnerCertificate, { agent })
    assert.deepEqual([other.status, lastCode()], [401, 'certificate_mismatch'])
  })
}

test('a bound token works over HTTP/2 with its certificate and not without [R5]', async (context) => {
  const { issuer, tokenFor } = await startIssuer(context)
  const { guard, lastCode } = guardOf(context, issuer)
  const server = createSecureServer({ ...tls, allowHTTP1: false }, async (incoming, outgoing) => {
    const verdict = await guard.check(incoming, { scope })
    outgoing.writeHead(verdict.admitted ? 200 : verdict.status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const token = await tokenFor(partnerCertificate)
  const statusWith = async (certificate: FixtureCertificate | undefined): Promise<number> => {
    const session = connect(`https://127.0.0.1:${port}`, { ca: fixtureAuthority, ...certificate })
    const stream = session.request({ authorization: `Bearer ${token}` })
    const [headers] = await once(stream, 'response')
    session.destroy()
    return headers[':status']
  }
  assert.equal(await statusWith(partnerCertificate), 200)
  assert.equal(await statusWith(otherPartnerCertificate), 401)
  assert.equal(lastCode(), 'certificate_mismatch')
  assert.equal(await statusWith(undefined), 401)
  assert.equal(lastCode(), 'certificate_missing')
})

test('behind a proxy the certificate is what the proxy says, and what nobody else says [R5]', async (context) => {
  const { issuer, tokenFor } = await startIssuer(context)
  const token = await tokenFor(partnerCertificate)
  const field = ({ cert }: FixtureCertificate) =>
    `:${new X509Certificate(cert).raw.toString('base64')}:`
  const outcomeAt = async (trustedProxies: string[], certificate: FixtureCertificate) => {
    const clientCertificate = { header: 'Client-Cert', trustedProxies } as const
    const { guard, events, lastCode } = guardOf(context, issuer, { clientCertificate })
    const listener = protect({ guard, scope })((_, response) => void response.end('served'))
    const behind = await startLoopbackServer(listener)
    context.after(() => behind.close())
    const headers = { authorization: `Bearer ${token}`, 'client-cert': field(certificate) }
    const response = await fetch(behind.origin, { headers })
    const isTold = events.some(({ type }) => type === 'certificate_header_ignored')
    return [response.status, response.status === 200 ? 'served' : lastCode(), isTold]
  }
  assert.deepEqual(await outcomeAt(['127.0.0.0/8'], partnerCertificate), [200, 'served', false])
  const other = await outcomeAt(['127.0.0.0/8'], otherPartnerCertificate)
  assert.deepEqual(other, [401, 'certificate_mismatch', false])
  const spoofed = await outcomeAt(['10.0.0.0/8'], partnerCertificate)
  assert.deepEqual(spoofed, [401, 'certificate_missing', true])
})
