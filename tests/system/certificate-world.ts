/** An authorization server of ours that binds tokens to certificates (RFC 8705), and requests over TLS. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestOptions, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import {
  type FixtureCertificate,
  fixtureAuthority,
  serverCertificate,
  startLoopbackServer,
} from '@mintmark/testkit'

export const resource = 'https://api.example'
export const scope = 'read'
/** A certificate is asked for; whoever has none, or one that nobody vouches for, gets in. */
export const tls = {
  ...serverCertificate,
  ...{ requestCert: true, rejectUnauthorized: false, ca: fixtureAuthority },
}

/** An answer over TLS. */
export interface Answer {
  readonly status: number | undefined
  readonly body: string
  readonly challenge: string | undefined
  readonly isResumed: boolean
}

/** Sends a request over a connection of its own. */
export async function ask(port: number, options: RequestOptions, body = ''): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port, agent: false, ca: fixtureAuthority, ...options })
  sent.end(body)
  const [response] = await once(sent, 'response')
  const challenge = response.headers['www-authenticate']
  const isResumed = (response.socket as TLSSocket).isSessionReused()
  return { status: response.statusCode, body: await text(response), challenge, isResumed }
}

/** A server of ours that gives tokens bound to the certificate of whoever asks. It ends with the test. */
export async function startIssuer(context: TestContext) {
  const plain = await startLoopbackServer((incoming, outgoing) =>
    server.listener(incoming, outgoing),
  )
  const server = await createAuthorizationServer({
    ...{ issuer: plain.origin, storage: sqlite(':memory:') },
  })
  const listening = createServer(tls, server.listener).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  context.after(async () => {
    listening.close()
    await plain.close()
    await server.close()
  })
  await server.registry.createResource({ id: resource, scope })
  const settings = { senderConstraint: 'certificate' } as const
  const created = await server.registry.createClient({ id: 'bound', scope, settings })
  assert.ok(created.ok)
  const secret = created.value.clientSecret?.reveal() ?? ''
  const { port } = listening.address() as AddressInfo
  const tokenFor = async (certificate: FixtureCertificate): Promise<string> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const options = { path: '/oauth/token', method: 'POST', auth: `bound:${secret}`, headers }
    const { body } = await ask(
      port,
      { ...options, ...certificate },
      'grant_type=client_credentials',
    )
    return JSON.parse(body).access_token
  }
  return { issuer: plain.origin, tokenFor }
}
