/** A server that ends TLS itself, and clients with certificates. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  FakeClock,
  type FixtureCertificate,
  fixtureAuthority,
  serverCertificate,
  the,
} from '@mintmark/testkit'
import {
  type AuthorizationServer,
  type AuthorizationServerEvent,
  type AuthorizationServerOptions,
  type ClientDraft,
  createAuthorizationServer,
  listen,
  sqlite,
  type TlsEvent,
} from '../../../src/index.ts'
import { registerClient } from '../../serving.ts'

export interface ServingTls extends AsyncDisposable {
  readonly server: AuthorizationServer
  readonly origin: string
  readonly clock: FakeClock
  readonly events: (AuthorizationServerEvent | TlsEvent)[]
  /** Writes another certificate into the server's files. */
  replaceCertificate(certificate: FixtureCertificate): void
  /** Asks for a token over a connection of its own. */
  ask(form: Record<string, string>, more?: TlsRequest): Promise<TlsAnswer>
}

export interface TlsRequest {
  readonly certificate?: FixtureCertificate
  readonly headers?: Record<string, string>
  readonly session?: Buffer
}

export interface TlsAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly session: Buffer | undefined
  readonly isResumed: boolean
  readonly serverName: string
}

export const partner = 'partner-client'

export async function servingTls(
  draft: Partial<ClientDraft>,
  options: Partial<AuthorizationServerOptions> = {},
): Promise<ServingTls> {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-tls-'))
  const clock = new FakeClock()
  const events: ServingTls['events'] = []
  const observer = (event: AuthorizationServerEvent | TlsEvent): void => void events.push(event)
  const file = (name: string): string => join(folder, name)
  const replaceCertificate = ({ cert, key }: FixtureCertificate): void => {
    writeFileSync(file('cert.pem'), cert)
    writeFileSync(file('key.pem'), key)
  }
  replaceCertificate(serverCertificate)
  writeFileSync(file('ca.pem'), fixtureAuthority)
  const storage = sqlite(':memory:')
  const running = await listen({
    ...{ host: '127.0.0.1', port: 0, clock, observer },
    tls: { certFile: file('cert.pem'), keyFile: file('key.pem'), clientCaFile: file('ca.pem') },
    server: (issuer) => createAuthorizationServer({ issuer, storage, clock, observer, ...options }),
  })
  const { server, origin } = running
  await server.registry.createResource({ id: the.audience, scope: the.scope })
  await registerClient(server, { id: partner, scope: the.scope, ...draft })
  return {
    ...{ server, origin, clock, events, replaceCertificate },
    ask: (form, more = {}) => exchange(`${origin}/oauth/token`, form, more),
    [Symbol.asyncDispose]: async () => {
      await running.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function exchange(
  url: string,
  form: Record<string, string>,
  { certificate, headers = {}, session }: TlsRequest,
): Promise<TlsAnswer> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString()
  return new Promise((resolve, reject) => {
    let ticket: Buffer | undefined
    const sent = request(url, {
      method: 'POST',
      agent: false,
      ca: [fixtureAuthority],
      servername: 'localhost',
      checkServerIdentity: () => undefined,
      rejectUnauthorized: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(certificate ?? {}),
      ...(session === undefined ? {} : { session }),
    })
    let facts = { isResumed: false, serverName: '' }
    sent.on('socket', (socket) => {
      const tls = socket as import('node:tls').TLSSocket
      tls.on('session', (given: Buffer) => {
        ticket = given
      })
      tls.on('secureConnect', () => {
        const name = String(tls.getPeerX509Certificate()?.subject)
        facts = { isResumed: tls.isSessionReused(), serverName: name }
      })
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const status = response.statusCode ?? 0
        resolve({ status, body: JSON.parse(text), session: ticket, ...facts })
      })
    })
    sent.end(body)
  })
}
