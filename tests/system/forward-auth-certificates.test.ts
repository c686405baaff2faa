/** Tokens bound to certificates (RFC 8705) behind a proxy that ends TLS: nginx, and others as RFC 9440 has it. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import {
  type FixtureCertificate,
  otherPartnerCertificate,
  partnerCertificate,
  serverCertificate,
  strangerCertificate,
} from '@mintmark/testkit'
import { ask, startIssuer } from './certificate-world.ts'
import {
  type Change,
  field,
  guardProcess,
  recordingApi,
  shippedNginx,
} from './forward-auth-world.ts'
import { workingFolder } from './mintmark-process.ts'

const LOOPBACK = ['--trusted-proxy', '127.0.0.1']
const ESCAPED = [
  '--certificate-header',
  'X-SSL-Client-Cert',
  '--certificate-encoding',
  'escaped-pem',
]

/** The shipped configuration with TLS that asks for a certificate, whoever vouches for it. */
async function behindNginx(context: TestContext, ...changes: readonly Change[]) {
  const [{ issuer, tokenFor }, api] = await Promise.all([
    startIssuer(context),
    recordingApi(context),
  ])
  const guard = await guardProcess(context, issuer, '--mode', 'nginx', ...LOOPBACK, ...ESCAPED)
  const folder = workingFolder(context)
  // nginx runs without privileges.
  chmodSync(folder.path, 0o755)
  folder.write('server.pem', serverCertificate.cert)
  folder.write('server.key', serverCertificate.key)
  const tls = [
    `ssl_certificate ${join(folder.path, 'server.pem')};`,
    `ssl_certificate_key ${join(folder.path, 'server.key')};`,
    'ssl_verify_client optional_no_ca;',
  ]
  const name = ';\n    server_name api.example;'
  const nginx = await shippedNginx(context, { guard: guard.origin, api: api.port }, [
    ['conf.d/api.conf', name, ` ssl${name}\n    ${tls.join('\n    ')}`],
    ...changes,
  ])
  const call = (
    token: string,
    certificate: FixtureCertificate | undefined,
    fields: Record<string, string> = {},
  ) => {
    const headers = { authorization: `Bearer ${token}`, ...fields }
    return ask(nginx.port, { path: '/orders', headers, ...certificate })
  }
  return { api, tokenFor, call }
}

const escaped = ({ cert }: FixtureCertificate) => encodeURIComponent(`${cert}\n`)
const rfc9440 = ({ cert }: FixtureCertificate) =>
  `:${new X509Certificate(cert).raw.toString('base64')}:`

describe('a token that is bound to a certificate', { concurrency: 2 }, () => {
  test('gets through nginx over a connection with that certificate, and over no other [R5]', async (t) => {
    const { api, tokenFor, call } = await behindNginx(t)
    for (const own of [partnerCertificate, strangerCertificate]) {
      const token = await tokenFor(own)
      assert.equal((await call(token, own)).status, 200)
      for (const other of [otherPartnerCertificate, undefined]) {
        const refused = await call(token, other)
        assert.equal(refused.status, 401)
        assert.match(refused.challenge ?? '', /certificate/)
      }
    }
    assert.equal(api.requests.length, 2)
    const [request] = api.requests
    assert(request !== undefined)
    assert.equal(field(request, 'mintmark-client'), 'bound')
  })

  test('does not get through nginx by a field that its thief writes [R5]', async (t) => {
    const { api, tokenFor, call } = await behindNginx(t)
    const token = await tokenFor(partnerCertificate)
    for (const certificate of [undefined, otherPartnerCertificate]) {
      for (const name of ['X-SSL-Client-Cert', 'x-ssl-client-cert', 'X_SSL_Client_Cert']) {
        const answer = await call(token, certificate, { [name]: escaped(partnerCertificate) })
        assert.ok(answer.status === 401 || answer.status === 400, `${name}: ${answer.status}`)
      }
      const answer = await call(token, certificate, { 'Client-Cert': rfc9440(partnerCertificate) })
      assert.equal(answer.status, 401)
    }
    assert.equal(api.requests.length, 0)
  })

  test('would get through for its thief if nginx did not write that field [R5]', async (t) => {
    const { tokenFor, call } = await behindNginx(t, [
      ...(['mintmark/check.conf', 'proxy_set_header X-SSL-Client-Cert', '#'] as const),
    ])
    const token = await tokenFor(partnerCertificate)
    const stolen = { 'X-SSL-Client-Cert': escaped(partnerCertificate) }
    assert.equal((await call(token, undefined, stolen)).status, 200)
  })

  test('is judged by the field of RFC 9440 from a trusted proxy alone, which the API does not get [R5]', async (t) => {
    const [{ issuer, tokenFor }, api] = await Promise.all([startIssuer(t), recordingApi(t)])
    const upstream = ['--upstream', `http://127.0.0.1:${api.port}`]
    const header = ['--certificate-header', 'Client-Cert', '--log-level', 'info']
    const [trusting, strict] = await Promise.all([
      guardProcess(t, issuer, ...upstream, ...header, ...LOOPBACK),
      guardProcess(t, issuer, ...upstream, ...header, '--trusted-proxy', '192.0.2.1'),
    ])
    const authorization = `Bearer ${await tokenFor(partnerCertificate)}`
    const call = async (origin: string, ...values: readonly string[]) => {
      const fields = values.map((value): [string, string] => ['client-cert', value])
      return await fetch(origin, { headers: [['authorization', authorization], ...fields] })
    }
    const [own, other] = [rfc9440(partnerCertificate), rfc9440(otherPartnerCertificate)]
    assert.equal((await call(trusting.origin, own)).status, 200)
    assert.equal((await call(trusting.origin, other)).status, 401)
    assert.equal((await call(trusting.origin, own, own)).status, 401)
    assert.equal((await call(trusting.origin, escaped(partnerCertificate))).status, 401)
    assert.equal((await call(trusting.origin)).status, 401)
    assert.equal((await call(strict.origin, own)).status, 401)
    assert.equal(api.requests.length, 1)
    assert.equal(field(api.requests[0] ?? { fields: [] }, 'client-cert'), undefined)
    assert.match((await strict.stop()).notices, /"event":"certificate_header_ignored"/)
  })
})
