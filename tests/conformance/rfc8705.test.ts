/** RFC 8705: clients known by their certificate, and tokens bound to it, over real TLS. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { after, before, describe, it, type TestContext } from 'node:test'
import {
  type AuthorizationServer,
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import {
  type FixtureCertificate,
  fixtureAuthority,
  otherPartnerCertificate,
  partnerCertificate,
  serverCertificate,
  strangerCertificate,
} from '@mintmark/testkit'
import { readJwt } from './served.ts'

interface Answer {
  readonly status: number | undefined
  readonly body: Readonly<Record<string, unknown>>
}

let running: RunningServer
let folder: string

/** Posts a form over a connection of its own, with a certificate or without. */
async function post(
  url: string,
  form: Readonly<Record<string, string>>,
  certificate?: FixtureCertificate,
): Promise<Answer> {
  const sent = request(new URL(url, running.origin), {
    ...{ method: 'POST', agent: false, ca: fixtureAuthority },
    ...certificate,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  sent.end(new URLSearchParams(form).toString())
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, body: (await json(response)) as Answer['body'] }
}

async function get(url: string): Promise<Answer['body']> {
  const sent = request(new URL(url, running.origin), { agent: false, ca: fixtureAuthority })
  sent.end()
  const [response] = await once(sent, 'response')
  return (await json(response)) as Answer['body']
}

const ask = (client_id: string | undefined, certificate?: FixtureCertificate) =>
  post(
    '/oauth/token',
    { grant_type: 'client_credentials', ...(client_id !== undefined && { client_id }) },
    certificate,
  )

const thumbprintOf = ({ cert }: FixtureCertificate): string => {
  const octets = new X509Certificate(cert).fingerprint256.replaceAll(':', '')
  return Buffer.from(octets, 'hex').toString('base64url')
}

const jwkOf = ({ cert }: FixtureCertificate) =>
  new X509Certificate(cert).publicKey.export({ format: 'jwk' })

async function register({ registry } = running.server): Promise<void> {
  const resource = await registry.createResource({ id: 'https://api.example', scope: 'read' })
  const bound = { senderConstraint: 'certificate' } as const
  const named = await registry.createClient({
    ...{ id: 'named', scope: 'read', authenticationMethods: ['tls_client_auth'] },
    settings: { ...bound, certificate: { kind: 'subject_dn', value: 'CN=partner' } },
  })
  const jwks = JSON.stringify({ keys: [jwkOf(strangerCertificate)] })
  const selfSigned = await registry.createClient({
    ...{ id: 'self-signed', scope: 'read' },
    authenticationMethods: ['self_signed_tls_client_auth'],
    settings: { ...bound, keys: { kind: 'jwks', jwks } },
  })
  assert(resource.ok && named.ok && selfSigned.ok)
}

/** The same server at a second address, where connections ask for a certificate, and at the first they do not. */
async function servedTwice(t: TestContext) {
  let listener: AuthorizationServer['listener'] | undefined
  const tls = { cert: serverCertificate.cert, key: serverCertificate.key, ca: fixtureAuthority }
  const asking = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: false },
    (message, response) => listener?.(message, response),
  )
  await once(asking.listen(0, '127.0.0.1'), 'listening')
  const { port } = asking.address() as AddressInfo
  const mutualTlsOrigin = `https://127.0.0.1:${port}`
  const plain = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    tls: { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') },
    server: (issuer) =>
      createAuthorizationServer({ issuer, storage: sqlite(':memory:'), mutualTlsOrigin }),
  })
  listener = plain.server.listener
  t.after(async () => {
    asking.close()
    await plain.close()
  })
  return plain
}

describe('RFC 8705', () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mintmark-rfc8705-'))
    const file = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    running = await listen({
      ...{ host: '127.0.0.1', port: 0 },
      tls: {
        certFile: file('cert.pem', serverCertificate.cert),
        keyFile: file('key.pem', serverCertificate.key),
        clientCaFile: file('ca.pem', fixtureAuthority),
      },
      server: (issuer) =>
        createAuthorizationServer({
          ...{ issuer, storage: sqlite(':memory:'), clientCertificate: 'connection' },
        }),
    })
    await register()
  })

  after(async () => {
    await running.close()
    rmSync(folder, { recursive: true })
  })

  for (const [id, certificate] of [
    ['named', partnerCertificate],
    ['self-signed', strangerCertificate],
  ] as const) {
    it(`2, 3: the client "${id}" is known by its certificate, and its token is bound to it [A6] [A7]`, async () => {
      const { status, body } = await ask(id, certificate)
      assert.deepEqual([status, body.token_type], [200, 'Bearer'])
      const cnf = { 'x5t#S256': thumbprintOf(certificate) }
      const token = String(body.access_token)
      assert.deepEqual(readJwt(token).claims.cnf, cnf)
      const about = await post('/oauth/introspect', { client_id: id, token }, certificate)
      assert.deepEqual([about.body.active, about.body.cnf], [true, cnf])
    })
  }

  it('3.3: says in its metadata that it knows certificates and binds tokens to them [A5] [A7]', async () => {
    const metadata = await get('/.well-known/oauth-authorization-server')
    assert.equal(metadata.tls_client_certificate_bound_access_tokens, true)
    const methods = metadata.token_endpoint_auth_methods_supported
    assert(Array.isArray(methods))
    for (const method of ['tls_client_auth', 'self_signed_tls_client_auth']) {
      assert(methods.includes(method))
    }
  })

  it('5: names the endpoints at another origin, which knows clients by certificate [A5] [A6] [A7]', async (t) => {
    const { server, origin } = await servedTwice(t)
    await register(server)
    const metadata = await get(`${origin}/.well-known/oauth-authorization-server`)
    assert.equal(metadata.token_endpoint, `${origin}/oauth/token`)
    const aliases = metadata.mtls_endpoint_aliases as Record<string, string>
    const form = { grant_type: 'client_credentials', client_id: 'named' }
    const granted = await post(String(aliases.token_endpoint), form, partnerCertificate)
    assert.equal(granted.status, 200)
    const token = String(granted.body.access_token)
    const { claims } = readJwt(token)
    assert.deepEqual(claims.iss, origin, 'the issuer is the same')
    assert.deepEqual(claims.cnf, { 'x5t#S256': thumbprintOf(partnerCertificate) })
    const asking = { client_id: 'named', token }
    const about = await post(String(aliases.introspection_endpoint), asking, partnerCertificate)
    assert.equal(about.body.active, true)
    const elsewhere = await post(`${origin}/oauth/token`, form, partnerCertificate)
    assert.equal(elsewhere.status, 401, 'nobody asks for a certificate there')
  })

  it('2: answers invalid_client when certificate and client do not belong together [A6]', async () => {
    const attempts: readonly (readonly [string, FixtureCertificate | undefined])[] = [
      ['named', undefined],
      ['named', otherPartnerCertificate],
      ['named', strangerCertificate],
      ['self-signed', undefined],
      ['self-signed', partnerCertificate],
    ]
    for (const [id, certificate] of attempts) {
      const { status, body } = await ask(id, certificate)
      assert.deepEqual([status, body.error], [401, 'invalid_client'], id)
    }
  })

  it('2: knows nobody by a certificate without a client_id [A6]', async () => {
    const { status, body } = await ask(undefined, partnerCertificate)
    assert.deepEqual([status, body.error], [401, 'invalid_client'])
  })
})
