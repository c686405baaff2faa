/** Tokens bound to the certificate of a real TLS connection (RFC 8705 section 3). */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import {
  type FixtureCertificate,
  fixtureAuthority,
  partnerCertificate,
  serverCertificate,
} from '@mintmark/testkit'
import { decodeJwt } from 'jose'

const scope = 'read'

/** What a client shows of itself. */
interface Caller {
  readonly id: string
  readonly secret: string
  readonly certificate?: FixtureCertificate
}

async function postOver(port: number, path: string, form: Record<string, string>, caller: Caller) {
  const { id, secret, certificate } = caller
  const sent = request({
    ...{ host: '127.0.0.1', port, path, method: 'POST', agent: false, ca: fixtureAuthority },
    ...certificate,
    auth: `${id}:${secret}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  sent.end(new URLSearchParams(form).toString())
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, body: JSON.parse(await text(response)) }
}

test('binds to the certificate what client or resource want bound, and refuses without one [A7]', async (context) => {
  const issuer = 'https://127.0.0.1'
  const server = await createAuthorizationServer({ issuer, storage: sqlite(':memory:') })
  const options = { requestCert: true, rejectUnauthorized: false, ca: fixtureAuthority }
  const listening = createServer({ ...serverCertificate, ...options }, server.listener)
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  context.after(async () => {
    listening.close()
    await server.close()
  })
  const { port } = listening.address() as AddressInfo
  const bound = { senderConstraint: 'certificate' } as const
  await server.registry.createResource({ id: 'https://api.example', scope })
  await server.registry.createResource({ id: 'https://b.example', scope: 'b', settings: bound })
  const register = async (id: string, ceiling: string, settings = {}): Promise<Caller> => {
    const created = await server.registry.createClient({ id, scope: ceiling, settings })
    assert.ok(created.ok)
    return { id, secret: created.value.clientSecret?.reveal() ?? '' }
  }
  const thumbprint = Buffer.from(
    new X509Certificate(partnerCertificate.cert).fingerprint256.replaceAll(':', ''),
    'hex',
  ).toString('base64url')
  const grant = { grant_type: 'client_credentials' }
  const callers = [await register('bound', scope, bound), await register('at-bound', 'b')]
  for (const caller of callers) {
    const without = await postOver(port, '/oauth/token', grant, caller)
    assert.deepEqual([without.status, without.body.error], [400, 'invalid_request'])
    const shown = { ...caller, certificate: partnerCertificate }
    const { body } = await postOver(port, '/oauth/token', grant, shown)
    assert.equal(body.token_type, 'Bearer')
    assert.deepEqual(decodeJwt(body.access_token).cnf, { 'x5t#S256': thumbprint })
    const form = { token: body.access_token }
    const about = await postOver(port, '/oauth/introspect', form, caller)
    assert.deepEqual(about.body.cnf, { 'x5t#S256': thumbprint })
  }
  const free = { ...(await register('free', scope)), certificate: partnerCertificate }
  const { body } = await postOver(port, '/oauth/token', grant, free)
  assert.equal(decodeJwt(body.access_token).cnf, undefined)
})
