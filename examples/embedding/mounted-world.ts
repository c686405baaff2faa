/** A server mounted in a program that listens, with clients of several kinds, and the same server by itself. */
import assert from 'node:assert/strict'
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import {
  type AuthorizationServer,
  createAuthorizationServer,
  sqlite,
} from '@mintmark/authorization-server'
import { serialiseBasicCredentials } from '@mintmark/protocol'
import { type FixtureCertificate, fixtureAuthority, serverCertificate } from '@mintmark/testkit'
import type { Mount } from './mounts.ts'

/** A request as it is sent. */
export interface SentRequest {
  readonly method: string
  /** Whole, from the root. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Shown by the client; needs TLS. */
  readonly certificate?: FixtureCertificate
}

/** What came back. */
export interface ReceivedAnswer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A mounted server. */
export interface MountedWorld {
  readonly server: AuthorizationServer
  /** Path of the issuer: the endpoints lie below it. */
  readonly base: string
  /** `Authorization` of `partner`, which may ask from anywhere; of `local` and `elsewhere`, by their addresses. */
  readonly basic: Readonly<Record<'partner' | 'local' | 'elsewhere', string>>
  send(request: SentRequest): Promise<ReceivedAnswer>
  /** The same request to the same server by itself. */
  sendDirectly(request: SentRequest): Promise<ReceivedAnswer>
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** A token request of a client. */
export function tokenRequest(world: MountedWorld, authorization?: string): SentRequest {
  return {
    ...{ method: 'POST', path: `${world.base}/oauth/token`, body: 'grant_type=client_credentials' },
    headers: { ...form, ...(authorization !== undefined && { authorization }) },
  }
}

/** Mounts a server whose issuer has a path; it ends with the test. */
export async function mounted(
  test: TestContext,
  mount: Mount,
  scheme: 'http' | 'https' = 'http',
): Promise<MountedWorld> {
  let listener: RequestListener = () => undefined
  const program = listening(scheme, (request, response) => listener(request, response))
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve))
  const { port } = program.address() as AddressInfo
  const base = '/tenants/one'
  const server = await createAuthorizationServer({
    issuer: `${scheme}://127.0.0.1:${port}${base}`,
    storage: sqlite(':memory:'),
    clientCertificate: 'connection',
  })
  listener = await mount.listener(server)
  const alone = createServer(server.listener)
  await new Promise<void>((resolve) => alone.listen(0, '127.0.0.1', resolve))
  test.after(async () => {
    for (const http of [program, alone]) {
      http.close()
      http.closeAllConnections()
    }
    await server.close()
  })
  return {
    ...{ server, base, basic: await register(server) },
    send: (request) => exchange(scheme, port, request),
    sendDirectly: (request) => exchange('http', (alone.address() as AddressInfo).port, request),
  }
}

function listening(scheme: 'http' | 'https', listener: RequestListener): Server {
  if (scheme === 'http') return createServer(listener)
  const client = { ca: fixtureAuthority, requestCert: true, rejectUnauthorized: false }
  return createTlsServer({ ...serverCertificate, ...client }, listener)
}

async function register({ registry }: AuthorizationServer): Promise<MountedWorld['basic']> {
  const resource = await registry.createResource({ id: 'https://api.example', scope: 'read' })
  assert(resource.ok)
  const basicOf = async (id: string, addresses: readonly string[]): Promise<string> => {
    const made = await registry.createClient({ id, scope: 'read', settings: { addresses } })
    assert(made.ok && made.value.clientSecret !== undefined)
    return serialiseBasicCredentials(id, made.value.clientSecret)
  }
  const certified = await registry.createClient({
    ...{ id: 'certified', scope: 'read', authenticationMethods: ['tls_client_auth'] },
    settings: { certificate: { kind: 'subject_dn', value: 'CN=partner' } },
  })
  assert(certified.ok)
  return {
    partner: await basicOf('partner', []),
    local: await basicOf('local', ['127.0.0.0/8', '::ffff:127.0.0.1']),
    elsewhere: await basicOf('elsewhere', ['192.0.2.0/24']),
  }
}

function exchange(
  scheme: 'http' | 'https',
  port: number,
  { method, path, headers, body, certificate }: SentRequest,
): Promise<ReceivedAnswer> {
  const send = scheme === 'http' ? httpRequest : httpsRequest
  const options = { host: '127.0.0.1', port, method, path, agent: false, ca: fixtureAuthority }
  return new Promise((resolve, reject) => {
    const outgoing = send({ ...options, ...certificate, headers: { ...headers } }, (response) => {
      const { statusCode: status } = response
      void text(response).then(
        (received) => resolve({ status, headers: response.headers, body: received }),
        reject,
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
