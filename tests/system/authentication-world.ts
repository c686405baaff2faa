/** A server with a client for every authentication method, over HTTP or over TLS with client certificates. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  type AuthorizationServerEvent,
  type AuthorizationServerOptions,
  type ClientDraft,
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import {
  type FixtureCertificate,
  fixtureAuthority,
  fixtureKeys,
  partnerCertificate,
  serverCertificate,
  strangerCertificate,
} from '@mintmark/testkit'
import { Agent } from 'undici'

export const resource = 'https://api.example'
export const scope = 'read write'
/** Of every client. */
export const clientId = 'a-client'

export interface AuthenticationWorld {
  readonly running: RunningServer
  readonly issuer: string
  /** Of the client, where it has one. */
  readonly secret: string
  readonly events: readonly AuthorizationServerEvent[]
}

const keys = serialiseJwkSet(Object.values(fixtureKeys).map(publicJwkOf))
const selfSigned = new X509Certificate(strangerCertificate.cert).publicKey.export({ format: 'jwk' })

/** What a client of each method is registered with. */
export const registrations = {
  client_secret_basic: {},
  client_secret_post: {},
  client_secret_jwt: {},
  private_key_jwt: { keys: { kind: 'jwks', jwks: keys } },
  tls_client_auth: { certificate: { kind: 'subject_dn', value: 'CN=partner' } },
  self_signed_tls_client_auth: {
    keys: { kind: 'jwks', jwks: JSON.stringify({ keys: [selfSigned] }) },
  },
} as const satisfies Record<string, ClientDraft['settings']>

export type Method = keyof typeof registrations

/** Starts a server that ends with the test, with one client of that method. */
export async function authenticationWorld(
  test: Pick<TestContext, 'after'>,
  method: Method,
  options: Partial<AuthorizationServerOptions> = {},
): Promise<AuthenticationWorld> {
  const events: AuthorizationServerEvent[] = []
  const observer = (event: AuthorizationServerEvent): void => void events.push(event)
  const running = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    ...(method.includes('tls') ? { tls: tlsFiles(test) } : {}),
    server: (issuer) =>
      createAuthorizationServer({
        ...{ issuer, storage: sqlite(':memory:'), observer },
        ...(method.includes('tls') ? { clientCertificate: 'connection' as const } : {}),
        ...options,
      }),
  })
  test.after(() => running.close())
  const { registry, issuer } = running.server
  await registry.createResource({ id: resource, scope })
  const created = await registry.createClient({
    ...{ id: clientId, scope, authenticationMethods: [method] },
    settings: registrations[method],
  })
  assert.ok(created.ok)
  return { running, issuer, secret: created.value.clientSecret?.reveal() ?? '', events }
}

function tlsFiles(test: Pick<TestContext, 'after'>) {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-tls-'))
  test.after(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  return {
    certFile: file('cert.pem', serverCertificate.cert),
    keyFile: file('key.pem', serverCertificate.key),
    clientCaFile: file('ca.pem', fixtureAuthority),
  }
}

/** The certificate of a client of that method. */
export function certificateFor(method: Method): FixtureCertificate {
  return method === 'tls_client_auth' ? partnerCertificate : strangerCertificate
}

/** Connections that present a certificate, for whatever is made of `fetch`. */
export function presenting(
  test: Pick<TestContext, 'after'>,
  { cert, key }: FixtureCertificate,
): Agent {
  const agent = new Agent({ connect: { cert, key, ca: fixtureAuthority } })
  test.after(() => agent.destroy())
  return agent
}
