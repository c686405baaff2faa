/** Tokens bound to certificates (RFC 8705) behind a proxy that ends TLS: nginx, and others as RFC 9440 has it. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import {
  type FixtureCertificate,
  freePort,
  otherPartnerCertificate,
  partnerCertificate,
  serverCertificate,
  strangerCertificate,
} from '@mintmark/testkit'
import { ask, startIssuer } from './certificate-world.ts'
import { caddy } from './forward-auth/caddy.ts'
import { nginx } from './forward-auth/nginx.ts'
import type { Change, ShippedProxy } from './forward-auth/shipped-proxy.ts'
import { field, guardProcess, issuingServer, recordingApi } from './forward-auth-world.ts'
import { workingFolder } from './mintmark-process.ts'

const LOOPBACK = ['--trusted-proxy', '127.0.0.1']

/** How a proxy is told to end TLS on a port of its own, and to pass certificates on. */
interface Ending {
  readonly proxy: ShippedProxy
  /** Settings of the guard. */
  readonly flags: readonly string[]
  readonly changes: (port: number, folder: string) => readonly Change[]
}

const escaped = ({ cert }: FixtureCertificate) => encodeURIComponent(`${cert}\n`)
const rfc9440 = ({ cert }: FixtureCertificate) =>
  `:${new X509Certificate(cert).raw.toString('base64')}:`

const throughNginx: Ending = {
  proxy: nginx,
  flags: ['--certificate-header', 'X-SSL-Client-Cert', '--certificate-encoding', 'escaped-pem'],
  changes(port, folder) {
    const lines = [
      ...['server_name api.example;', `listen 127.0.0.1:${port} ssl;`],
      ...[`ssl_certificate ${folder}/server.pem;`, `ssl_certificate_key ${folder}/server.key;`],
      'ssl_verify_client optional_no_ca;',
    ]
    return [['conf.d/api.conf', 'server_name api.example;', lines.join('\n    ')]]
  },
}

const throughCaddy: Ending = {
  proxy: caddy,
  flags: ['--certificate-header', 'Client-Cert'],
  changes(port, folder) {
    const tls = `tls ${folder}/server.pem ${folder}/server.key {
      client_auth {
        mode request
      }
    }`
    const asking = 'forward_auth 127.0.0.1:8081 {\nuri /check\nimport identity\n}'
    const route = `route {\nimport strip\nvars asked guard\n${asking}\nimport admitted\n}`
    const site = `https://localhost:${port} {\nbind 127.0.0.1\n${tls}\n${route}\n}\n`
    const certificate = ':{http.request.tls.client.certificate_der_base64}:'
    return [
      ['Caddyfile', 'http://:8080 {', `${site}http://:8080 {`],
      ['Caddyfile', '(identity) {', `(identity) {\nheader_up Client-Cert "${certificate}"`],
    ]
  },
}

/** The shipped configuration with TLS that asks for a certificate, whoever vouches for it. */
async function behind(context: TestContext, ending: Ending, ...more: readonly Change[]) {
  const { proxy, flags, changes } = ending
  const [{ issuer, tokenFor }, api] = await Promise.all([
    startIssuer(context),
    recordingApi(context),
  ])
  const guard = await guardProcess(context, issuer, '--mode', proxy.mode, ...LOOPBACK, ...flags)
  const folder = workingFolder(context)
  // Proxies run without privileges.
  chmodSync(folder.path, 0o755)
  folder.write('server.pem', serverCertificate.cert)
  folder.write('server.key', serverCertificate.key)
  const port = await freePort()
  const place = { guard: guard.origin, api: api.port }
  await proxy.start(context, place, [...changes(port, folder.path), ...more])
  const call = (
    token: string,
    certificate: FixtureCertificate | undefined,
    fields: Record<string, string> = {},
  ) => {
    const headers = { host: `localhost:${port}`, authorization: `Bearer ${token}`, ...fields }
    return ask(port, { path: '/orders', servername: 'localhost', headers, ...certificate })
  }
  return { api, tokenFor, call }
}

for (const ending of [throughNginx, throughCaddy]) {
  const { name } = ending.proxy
  describe(`a token that is bound to a certificate, behind ${name}`, () => {
    test('gets through over a connection with that certificate, and over no other [R5]', async (t) => {
      const { api, tokenFor, call } = await behind(t, ending)
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

    test('does not get through by a field that its thief writes [R5]', async (t) => {
      const { api, tokenFor, call } = await behind(t, ending)
      const token = await tokenFor(partnerCertificate)
      for (const certificate of [undefined, otherPartnerCertificate]) {
        for (const header of ['X-SSL-Client-Cert', 'Client-Cert', 'X-Client-Cert', 'Client_Cert']) {
          for (const value of [escaped(partnerCertificate), rfc9440(partnerCertificate)]) {
            const { status } = await call(token, certificate, { [header]: value })
            assert.ok(status === 401 || status === 400, `${header}: ${status}`)
          }
        }
      }
      assert.equal(api.requests.length, 0)
    })
  })
}

describe('a token that is bound to a certificate', { concurrency: 2 }, () => {
  test('would get through for its thief if nginx did not write the field [R5]', async (t) => {
    const { tokenFor, call } = await behind(t, throughNginx, [
      ...(['mintmark/check.conf', 'proxy_set_header X-SSL-Client-Cert', '#'] as const),
    ])
    const token = await tokenFor(partnerCertificate)
    const stolen = { 'X-SSL-Client-Cert': escaped(partnerCertificate) }
    assert.equal((await call(token, undefined, stolen)).status, 200)
  })

  test('would get through for its thief if Caddy neither wrote the field nor took it out [R5]', async (t) => {
    const { tokenFor, call } = await behind(
      t,
      throughCaddy,
      [...(['Caddyfile', 'request_header -Client-Cert', ''] as const)],
      ['Caddyfile', 'header_up Client-Cert', '#'],
    )
    const token = await tokenFor(partnerCertificate)
    const stolen = { 'Client-Cert': rfc9440(partnerCertificate) }
    assert.equal((await call(token, undefined, stolen)).status, 200)
  })

  test('is judged by the field of RFC 9440 from a trusted proxy alone, which the API does not get [R5]', async (t) => {
    const [{ issuer, tokenFor }, api] = await Promise.all([startIssuer(t), recordingApi(t)])
    const upstream = ['--upstream', `http://127.0.0.1:${api.port}`]
    const header = ['--certificate-header', 'Client-Cert', '--log-level', 'info']
    const bound = ['--sender-binding', 'certificate']
    const [trusting, strict] = await Promise.all([
      guardProcess(t, issuer, ...upstream, ...header, ...LOOPBACK, ...bound),
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

  test('is the only kind that is admitted where tokens have to be bound to one [R5]', async (t) => {
    const server = await issuingServer(t)
    const header = ['--certificate-header', 'Client-Cert', ...LOOPBACK]
    const [any, bound] = await Promise.all([
      guardProcess(t, server.issuer, ...header),
      guardProcess(t, server.issuer, ...header, '--sender-binding', 'certificate'),
    ])
    const headers = {
      authorization: `Bearer ${await server.token('decisions:read')}`,
      'client-cert': rfc9440(partnerCertificate),
    }
    assert.equal((await fetch(`${any.origin}/check`, { headers })).status, 200)
    const refused = await fetch(`${bound.origin}/check`, { headers })
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate') ?? '', /reason="not_bound"/)
  })
})
