/**
 * Certificate-bound tokens (RFC 8705) over real TLS: the client presents its certificate through a dispatcher of undici
 * at the token endpoint and at the API, and neither serves anybody else.
 */
import assert from 'node:assert/strict'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { createTokenClient, TokenAcquisitionError, tlsClientAuth } from '@mintmark/client'
import {
  type FixtureCertificate,
  fixtureAuthority,
  otherPartnerCertificate,
  partnerCertificate,
  serverCertificate,
  strangerCertificate,
} from '@mintmark/testkit'
import { Agent, fetch as undiciFetch } from 'undici'
import { undiciTransport } from '../../src/adapters/undici-transport.ts'

interface TlsServer {
  readonly origin: string
  close(): Promise<void>
}

/** @param mode - Whether a connection without a certificate of the authority is cut at once, or none is asked for. */
async function startTlsServer(
  mode: 'certificate required' | 'certificate wanted' | 'no certificate',
  listener: RequestListener,
): Promise<TlsServer> {
  const server = createServer(
    {
      ...serverCertificate,
      ca: fixtureAuthority,
      requestCert: mode !== 'no certificate',
      rejectUnauthorized: mode === 'certificate required',
    },
    listener,
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { origin: `https://127.0.0.1:${port}`, close }
}

/** The thumbprint of the certificate on the connection, if the authority vouches for it. */
function presented(request: IncomingMessage): string | undefined {
  const socket = request.socket as TLSSocket
  return socket.authorized ? socket.getPeerCertificate().fingerprint256 : undefined
}

interface World {
  readonly issuer: string
  readonly api: string
  readonly mtlsOrigin: string
  /** The client identifiers in the token requests so far. */
  readonly requested: readonly (string | null)[]
  clientWith(
    certificate: FixtureCertificate | undefined,
  ): Promise<ReturnType<typeof createTokenClient>>
}

async function withWorld(use: (world: World) => Promise<void>): Promise<void> {
  const boundTo = new Map<string, string | undefined>()
  const requested: (string | null)[] = []
  const mtls = await startTlsServer('certificate required', async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    requested.push(new URLSearchParams(body).get('client_id'))
    const token = `token-${requested.length}`
    boundTo.set(token, presented(request))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }))
  })
  let metadata = ''
  const open = await startTlsServer('no certificate', (request, response) => {
    if (request.method === 'POST') requested.push('at the endpoint for everybody')
    response.setHeader('content-type', 'application/json')
    response.end(metadata)
  })
  metadata = JSON.stringify({
    issuer: open.origin,
    token_endpoint: `${open.origin}/token`,
    mtls_endpoint_aliases: { token_endpoint: `${mtls.origin}/token` },
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['tls_client_auth'],
  })
  const api = await startTlsServer('certificate wanted', (request, response) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    const certificate = presented(request)
    const isAccepted = certificate !== undefined && boundTo.get(token) === certificate
    assert.equal(request.headers.dpop, undefined)
    if (!isAccepted) response.setHeader('www-authenticate', 'Bearer error="invalid_token"')
    response.writeHead(isAccepted ? 200 : 401).end()
  })
  const agents: Agent[] = []
  const clientWith: World['clientWith'] = async (certificate) => {
    const dispatcher = new Agent({ connect: { ca: fixtureAuthority, ...certificate } })
    agents.push(dispatcher)
    return createTokenClient({
      issuer: open.origin,
      tokenEndpointOrigins: [mtls.origin],
      clientId: 'partner',
      clientAuthentication: tlsClientAuth(),
      certificateBound: true,
      allowedOrigins: [api.origin],
      transport: undiciTransport({ fetch: undiciFetch, dispatcher }),
      deadlineMs: 2_000,
    })
  }
  const { origin: mtlsOrigin } = mtls
  try {
    await use({ issuer: open.origin, api: `${api.origin}/x`, mtlsOrigin, requested, clientWith })
  } finally {
    await Promise.all(agents.map((agent) => agent.destroy()))
    await Promise.all([open.close(), mtls.close(), api.close()])
  }
}

test('gets a token by its certificate and calls with both [C11] [C13]', async () => {
  await withWorld(async ({ api, requested, clientWith }) => {
    const client = await clientWith(partnerCertificate)
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.fetch(api)))
    assert(answers.every(({ status }) => status === 200))
    assert.deepEqual(requested, ['partner'])
    await client.dispose()
  })
})

test('sends objects of the platform through the dispatcher as they are [C13] [C14]', async () => {
  await withWorld(async ({ api, clientWith }) => {
    const client = await clientWith(partnerCertificate)
    const form = new FormData()
    form.set('a', 'b')
    const requests: readonly Parameters<typeof client.fetch>[] = [
      [new Request(api, { method: 'POST', body: 'an order', headers: { 'x-a': '1' } })],
      [api, { method: 'POST', body: form }],
      [
        new URL(api),
        { method: 'PUT', body: new Uint8Array([1]), headers: new Headers({ a: 'b' }) },
      ],
    ]
    for (const request of requests) assert.equal((await client.fetch(...request)).status, 200)
    const aborted = AbortSignal.abort(new Error('given up'))
    await assert.rejects(client.fetch(new Request(api, { signal: aborted })), /given up/)
    await client.dispose()
  })
})

test('gets no token without the certificate, or with one that nobody vouches for [C11] [C13]', async () => {
  await withWorld(async ({ requested, clientWith }) => {
    for (const certificate of [undefined, strangerCertificate]) {
      const client = await clientWith(certificate)
      const error = await client.token().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      assert(error instanceof TokenAcquisitionError)
      assert.equal(error.kind, 'transient')
      await client.dispose()
    }
    assert.deepEqual(requested, [])
  })
})

test('is refused by the API with a token that is bound to another certificate [C13]', async () => {
  await withWorld(async ({ api, clientWith }) => {
    const owner = await clientWith(partnerCertificate)
    const token = (await owner.token()).reveal()
    const thieves = [otherPartnerCertificate, strangerCertificate, undefined]
    for (const certificate of thieves) {
      const dispatcher = new Agent({ connect: { ca: fixtureAuthority, ...certificate } })
      const send = undiciTransport({ fetch: undiciFetch, dispatcher })
      const answer = await send(api, { headers: { authorization: `Bearer ${token}` } })
      assert.equal(answer.status, 401)
      await dispatcher.destroy()
    }
    assert.equal((await owner.fetch(api)).status, 200)
    await owner.dispose()
  })
})

test('takes a fetch and a dispatcher, and nothing else [C13]', () => {
  const dispatcher = new Agent()
  for (const options of [{}, { dispatcher }, { fetch: undiciFetch }, { fetch: 1, dispatcher }]) {
    assert.throws(() => undiciTransport(options as never), TypeError)
  }
})
