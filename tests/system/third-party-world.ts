/** The authorization server for other people's clients, and what those need to know. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** Credentials as a library is configured with them. */
export interface Credentials {
  readonly id: string
  readonly secret: string
}

/** A server that runs, and what is registered there. */
export interface ThirdPartyWorld {
  readonly running: RunningServer
  readonly issuer: string
  readonly resource: string
  /** Made here: letters, digits and `-._` only. */
  readonly plain: Credentials
  /** Brought along, with every character that somebody encodes and somebody else does not. */
  readonly odd: Credentials
  /** The claims of a token, verified by the keys that the metadata names. */
  verified(token: unknown): Promise<JWTPayload>
}

/** Starts it; it ends with the test. Both clients may have `read` and `write` at `resource`. */
export async function thirdPartyWorld(
  test: Pick<TestContext, 'after'>,
  resource = 'https://api.example',
): Promise<ThirdPartyWorld> {
  const running = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (origin) => createAuthorizationServer({ issuer: origin, storage: sqlite(':memory:') }),
  })
  test.after(() => running.close())
  const { issuer, registry } = running.server
  const odd = { id: 'svc+eu/west%20@1', secret: '100% p+ss: w&rd=/?~' }
  await registry.createResource({ id: resource, scope: 'read write' })
  const created = await registry.createClient({ id: 'third-party', scope: 'read write' })
  const clientSecret = redact('client secret', odd.secret)
  const brought = await registry.createClient({ id: odd.id, scope: 'read write', clientSecret })
  assert(created.ok && brought.ok && created.value.clientSecret !== undefined)
  return {
    ...{ running, issuer, resource, odd },
    plain: { id: 'third-party', secret: created.value.clientSecret.reveal() },
    verified: async (token) => {
      assert(typeof token === 'string')
      const document = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
      const { jwks_uri } = (await document.json()) as { jwks_uri: string }
      const options = { issuer, audience: resource, typ: 'at+jwt' }
      return (await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), options)).payload
    },
  }
}
