/** Clients that authenticate by certificate (RFC 8705) behind nginx, which ends TLS, with the file that is shipped. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import {
  type FixtureCertificate,
  fixtureAuthority,
  otherPartnerCertificate,
  partnerCertificate,
  serverCertificate,
  startNginx,
  strangerCertificate,
} from '@mintmark/testkit'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { type Answer, ask, resource, scope } from './certificate-world.ts'
import { type Change, changed, shippedFiles } from './forward-auth/shipped-proxy.ts'
import { workingFolder } from './mintmark-process.ts'

const issuer = 'https://auth.example'
const site = 'conf.d/auth.conf'
const files = {
  ...shippedFiles('nginx', [site]),
  'server.pem': serverCertificate.cert,
  'server.key': serverCertificate.key,
  'authorities.pem': fixtureAuthority,
}
const field = ['--certificate-header', 'X-SSL-Client-Cert', '--certificate-encoding', 'escaped-pem']

/** Known by its name, and by its key. */
const [named, keyed] = ['named', 'keyed']
const publicJwk = new X509Certificate(strangerCertificate.cert).publicKey.export({ format: 'jwk' })
const registry = JSON.stringify({
  mintmark_registry: 1,
  resources: [{ id: resource, scope }],
  clients: [
    {
      ...{ id: named, scope, authentication_methods: ['tls_client_auth'] },
      settings: {
        sender_constraint: 'certificate',
        certificate: { kind: 'subject_dn', value: 'CN=partner' },
      },
    },
    {
      ...{ id: keyed, scope, authentication_methods: ['self_signed_tls_client_auth'] },
      settings: {
        sender_constraint: 'certificate',
        keys: { kind: 'jwks', jwks: JSON.stringify({ keys: [publicJwk] }) },
      },
    },
  ],
})

/** What a client shows to nginx, and sends along. */
interface Shown {
  readonly certificate?: FixtureCertificate | undefined
  readonly fields?: Readonly<Record<string, string | readonly string[]>>
}

const escaped = ({ cert }: FixtureCertificate) => encodeURIComponent(`${cert}\n`)
const rfc9440 = ({ cert }: FixtureCertificate) =>
  `:${new X509Certificate(cert).raw.toString('base64')}:`
const thumbprint = ({ cert }: FixtureCertificate) =>
  Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(':', ''), 'hex').toString(
    'base64url',
  )

/** `mintmark serve` and nginx before it; both end with the test. */
async function behindNginx(context: TestContext, ...changes: readonly Change[]) {
  const folder = workingFolder(context)
  folder.write('registry.json', registry)
  await folder.document(['apply', '--file', 'registry.json'])
  const trusting = ['--trusted-proxy', '127.0.0.1', ...field]
  const server = await folder.serve(['--issuer', issuer, '--log-level', 'info', ...trusting])
  const nginx = await startNginx((port) =>
    changed(files, [
      ...changes,
      [site, 'listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
      [site, 'server 127.0.0.1:8080;', `server ${server.origin.replace('http://', '')};`],
      [site, '/etc/nginx/auth/server.', 'server.'],
      [site, '/etc/nginx/auth/client-authorities.pem', 'authorities.pem'],
    ]),
  )
  context.after(() => nginx.stop())
  /** Posts a form as a client that has no other credentials. */
  const post = (
    id: string,
    { certificate, fields = {} }: Shown,
    path = '/oauth/token',
    form: Record<string, string> = { grant_type: 'client_credentials' },
  ): Promise<Answer> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...fields }
    const options = { path, method: 'POST', servername: 'localhost', headers, ...certificate }
    const body = new URLSearchParams({ ...form, client_id: id })
    return ask(nginx.port, options, body.toString())
  }
  return { folder, server, post }
}

/** The claims of a token, of which the server's keys say that it is one. */
async function claimsOf(origin: string, { status, body }: Answer) {
  assert.equal(status, 200, body)
  const keys = (await (await fetch(`${origin}/oauth/jwks`)).json()) as JSONWebKeySet
  const { access_token: token } = JSON.parse(body)
  return { token, claims: (await jwtVerify(token, createLocalJWKSet(keys), { issuer })).payload }
}

const errorOf = ({ status, body }: Answer) => [status, JSON.parse(body).error]

describe('a client that authenticates by certificate behind nginx', { concurrency: 2 }, () => {
  test('gets a token that is bound to its certificate, and asks about it the same way [A6] [A7]', async (t) => {
    const { server, post } = await behindNginx(t)
    const own = { certificate: partnerCertificate }
    const { token, claims } = await claimsOf(server.origin, await post(named, own))
    const cnf = { 'x5t#S256': thumbprint(partnerCertificate) }
    assert.deepEqual([claims.client_id, claims.cnf], [named, cnf])
    const about = JSON.parse((await post(named, own, '/oauth/introspect', { token })).body)
    assert.deepEqual([about.active, about.cnf], [true, cnf])
  })

  test('is nobody with another certificate, with none, or with one of another authority [A6]', async (t) => {
    const { post } = await behindNginx(t)
    for (const certificate of [otherPartnerCertificate, undefined]) {
      for (const id of [named, keyed]) {
        assert.deepEqual(errorOf(await post(id, { certificate })), [401, 'invalid_client'])
      }
    }
    const strange = await post(named, { certificate: strangerCertificate })
    assert.equal(strange.status, 400)
    assert.match(strange.body, /SSL certificate error/)
  })

  test('is not whoever writes its certificate into a field himself [A6]', async (t) => {
    const { server, post } = await behindNginx(t)
    const values = [escaped(partnerCertificate), rfc9440(partnerCertificate)]
    for (const certificate of [undefined, otherPartnerCertificate]) {
      for (const name of ['X-SSL-Client-Cert', 'x_ssl_client_cert', 'Client-Cert']) {
        for (const value of [...values, values]) {
          const answer = await post(named, { certificate, fields: { [name]: value } })
          assert.deepEqual(errorOf(answer), [401, 'invalid_client'], name)
        }
      }
    }
    const hiding = { connection: 'close, X-SSL-Client-Cert' }
    const hidden = { 'X-SSL-Client-Cert': escaped(partnerCertificate), ...hiding }
    const answer = await post(named, { certificate: otherPartnerCertificate, fields: hidden })
    assert.deepEqual(errorOf(answer), [401, 'invalid_client'])
    const spoiling = { certificate: partnerCertificate, fields: { 'X-SSL-Client-Cert': 'a' } }
    await claimsOf(server.origin, await post(named, spoiling))
  })

  test('would be whoever writes its certificate into the field if nginx did not [A6]', async (t) => {
    const { server, post } = await behindNginx(t, [site, 'proxy_set_header X-SSL-', '# X-SSL-'])
    const fields = { 'X-SSL-Client-Cert': escaped(partnerCertificate) }
    await claimsOf(server.origin, await post(named, { fields }))
  })

  test('would be whoever signs himself its name if nginx checked no chain [A6]', async (t) => {
    const { server, post } = await behindNginx(t, [site, 'optional;', 'optional_no_ca;'])
    const { claims } = await claimsOf(
      server.origin,
      await post(named, { certificate: strangerCertificate }),
    )
    assert.equal(claims.client_id, named)
  })

  test('is known by its own key where nginx checks no chain [A6] [A7]', async (t) => {
    const { server, post } = await behindNginx(t, [site, 'optional;', 'optional_no_ca;'])
    const { claims } = await claimsOf(
      server.origin,
      await post(keyed, { certificate: strangerCertificate }),
    )
    assert.deepEqual(claims.cnf, { 'x5t#S256': thumbprint(strangerCertificate) })
    const other = await post(keyed, { certificate: partnerCertificate })
    assert.deepEqual(errorOf(other), [401, 'invalid_client'])
  })

  test('is not whoever reaches the server past nginx with its certificate in the field [A6]', async (t) => {
    const folder = workingFolder(t)
    folder.write('registry.json', registry)
    await folder.document(['apply', '--file', 'registry.json'])
    const elsewhere = ['--trusted-proxy', '192.0.2.1', ...field]
    const server = await folder.serve(['--log-level', 'info', ...elsewhere])
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: named })
    const headers = { 'X-SSL-Client-Cert': escaped(partnerCertificate) }
    const answer = await fetch(server.tokenEndpoint, { method: 'POST', body, headers })
    assert.equal(answer.status, 401)
    const { notices } = await server.stop()
    assert.match(notices, /"event":"certificate_header_ignored"/)
    assert.doesNotMatch(notices, /BEGIN|MII/)
  })
})
