/** A world for one test: a guard, an issuer with a key set on a scripted network, and tokens of that issuer. */
import {
  encodeBase64url,
  encodeBase64urlText,
  nodeEngine,
  type PrivateJwk,
  publicJwkOf,
  type SignatureAlgorithm,
  type SigningKey,
  type SynchronousSignatureEngine,
  serialiseJwkSet,
} from '@mintmark/jwt'
import type { JsonObject, JsonValue } from '@mintmark/protocol'
import {
  createGuard,
  type Guard,
  type GuardEvent,
  type GuardedRequest,
  type GuardOptions,
  type Verdict,
  type VerifiedClaims,
} from '@mintmark/resource-server'
import { invariant } from '@mintmark/runtime'
import {
  createScriptedTransport,
  FakeClock,
  fixtureKeys,
  jsonResponse,
  type ScriptedTransport,
  seededRandom,
  some,
  the,
} from '@mintmark/testkit'

export interface GuardWorld<Claims = VerifiedClaims> {
  readonly clock: FakeClock
  readonly network: ScriptedTransport
  readonly events: readonly GuardEvent[]
  readonly guard: Guard<Claims>
  /** Checks a request that carries `token` as a Bearer token. */
  check(token: string, scope?: string): Promise<Verdict<Claims>>
}

/** `options` are merged over a guard of `the.issuer` for `the.audience`; the issuer publishes all fixture keys. */
export function guardWorld<Claims = VerifiedClaims>(
  options: GuardOptions<Claims> = {},
): GuardWorld<Claims> {
  const clock = new FakeClock()
  const network = createScriptedTransport()
  const events: GuardEvent[] = []
  network.respond(the.metadataUrl, jsonResponse(some.serverMetadata()))
  network.respond(the.jwksUri, jsonResponse(keySetOf(...Object.values(fixtureKeys))))
  const trusted = options.issuers === undefined ? { issuer: the.issuer } : {}
  const guard = createGuard<Claims>({
    ...trusted,
    audience: the.audience,
    clock,
    random: seededRandom(1),
    transport: network.transport,
    observer: (event) => events.push(event),
    ...options,
  })
  return {
    clock,
    network,
    events,
    guard,
    check: (token, scope) => guard.check(carrying(token), scope === undefined ? {} : { scope }),
  }
}

/** A request that carries `token` as a Bearer token. */
export function carrying(token: string): GuardedRequest {
  return { headers: { authorization: `Bearer ${token}` } }
}

/** The JWK Set document of the public halves of `keys`. */
export function keySetOf(...keys: readonly PrivateJwk[]): string {
  return serialiseJwkSet(keys.map(publicJwkOf))
}

export interface TokenDraft {
  readonly alg?: SignatureAlgorithm
  /** Default: the fixture key of `alg`. */
  readonly key?: PrivateJwk
  /** Merged over `{ alg, typ: 'at+jwt', kid }`; `undefined` takes a member away. */
  readonly header?: Readonly<Record<string, JsonValue | undefined>>
  /** Default: `some.claims()`. A string is signed as it is. */
  readonly claims?: JsonObject | string
}

/** A token of `the.issuer`, signed right whatever else is wrong with it. */
export function signedToken(draft: TokenDraft = {}): string {
  const { alg = 'ES256', key = fixtureKeys[alg], claims = some.claims() } = draft
  const header = { alg, typ: 'at+jwt', kid: key.kid, ...draft.header }
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims)
  const segments = [JSON.stringify(header), payload].map(encodeBase64urlText)
  const signingInput = segments.join('.')
  return `${signingInput}.${encodeBase64url(engine.sign(signingKeyOf(key, alg), signingInput))}`
}

const signingKeys = new WeakMap<PrivateJwk, Map<SignatureAlgorithm, SigningKey>>()

/** An import tries the key: most tokens of a test are signed with the same one. */
function signingKeyOf(key: PrivateJwk, alg: SignatureAlgorithm): SigningKey {
  const imported = signingKeys.get(key) ?? new Map<SignatureAlgorithm, SigningKey>()
  signingKeys.set(key, imported)
  const signingKey = imported.get(alg) ?? engine.importSigningKey(key, alg, 'unused')
  imported.set(alg, signingKey)
  return signingKey
}

const engine = synchronousEngine()

function synchronousEngine(): SynchronousSignatureEngine {
  const found = nodeEngine()
  invariant(found !== undefined, 'tests run where node:crypto is')
  return found
}
