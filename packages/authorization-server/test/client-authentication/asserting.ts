/** Clients that authenticate by assertions which `jose` makes: somebody else's idea of what is right. */
import { type PrivateJwk, publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { fixtureKeys } from '@mintmark/testkit'
import { importJWK, SignJWT } from 'jose'
import type { AuthorizationServerOptions, ClientDraft } from '../../src/index.ts'
import { registerClient, type Serving, serving, the } from '../serving.ts'

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const asserter = 'asserting-client'

/** What is different from an assertion that is right; `undefined` leaves a member out. */
export interface AssertionChanges {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly key?: PrivateJwk
  readonly secret?: string
}

let made = 0

/** An assertion by `asserter` for `the.issuer`, right but for the changes. */
export async function someAssertion(changes: AssertionChanges = {}): Promise<string> {
  const key = changes.key ?? fixtureKeys.ES256
  const header = { alg: key.alg, kid: key.kid, typ: 'client-authentication+jwt', ...changes.header }
  made += 1
  const claims = {
    iss: asserter,
    sub: asserter,
    aud: the.issuer,
    jti: `assertion-${made}`,
    iat: the.nowSeconds,
    exp: the.nowSeconds + 60,
    ...changes.claims,
  }
  const signer = new SignJWT(withoutUndefined(claims)).setProtectedHeader(
    withoutUndefined(header) as { alg: string },
  )
  if (changes.secret !== undefined) return signer.sign(new TextEncoder().encode(changes.secret))
  return signer.sign(await importJWK({ ...key }, String(header.alg)))
}

function withoutUndefined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** A server that knows `asserter` by the public halves of all fixture keys, unless the draft says otherwise. */
export async function servingAsserter(
  draft: Partial<ClientDraft> = {},
  options: Partial<AuthorizationServerOptions> = {},
): Promise<Serving> {
  const world = await serving('default', the.issuer, options)
  await registerAsserter(world, draft)
  return world
}

export async function registerAsserter(
  world: Serving,
  draft: Partial<ClientDraft> = {},
): Promise<string> {
  const jwks = serialiseJwkSet(Object.values(fixtureKeys).map(publicJwkOf))
  const secret = await registerClient(world.server, {
    id: asserter,
    scope: the.scope,
    authenticationMethods: ['private_key_jwt'],
    settings: { keys: { kind: 'jwks', jwks } },
    ...draft,
  })
  return secret.reveal()
}

/** Asks for a token with an assertion. */
export function presentAssertion(
  world: Serving,
  assertion: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return world.post('/oauth/token', {
    grant_type: 'client_credentials',
    client_assertion_type: JWT_BEARER,
    client_assertion: assertion,
    ...more,
  })
}

/** Why the last request was refused, as the observer heard it; `undefined` when it was not. */
export function lastRefusal({ events }: Serving): string | undefined {
  const last = events
    .filter(({ type }) => type === 'request_refused' || type === 'token_issued')
    .at(-1)
  return last?.type === 'request_refused' ? last.reason : undefined
}
