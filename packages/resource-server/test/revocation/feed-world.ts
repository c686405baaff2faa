/** A world for a test of the revocation feed: a guard that follows it, and documents that are right but for a thing. */
import { createHash } from 'node:crypto'
import type { PrivateJwk, SignatureAlgorithm } from '@mintmark/jwt'
import {
  type JsonValue,
  type RevocationFeedDraft,
  revokedTokenName,
  serialiseFeed,
  serialiseFeedContent,
} from '@mintmark/protocol'
import type { GuardOptions, RevocationOptions } from '@mintmark/resource-server'
import { fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import { type GuardWorld, guardWorld, signedToken, type TokenDraft } from '../guard-world.ts'

export const FEED_URL = `${the.issuer}/oauth/revocations`

export interface FeedDraft {
  readonly version?: number
  readonly tokens?: readonly { readonly jti: string; readonly exp: number }[]
  /** By client: the second up to which its tokens are revoked. */
  readonly clients?: Readonly<Record<string, number>>
  readonly keys?: readonly string[]
  /** Instead of what the above makes. */
  readonly content?: string
  readonly alg?: SignatureAlgorithm
  readonly key?: PrivateJwk
  readonly header?: TokenDraft['header']
  /** Merged over the right claims; `undefined` takes one away. */
  readonly claims?: Readonly<Record<string, JsonValue | undefined>>
}

/** A document of `the.issuer` that is valid for ten minutes from `the.nowSeconds` on. */
export function feedDocument(draft: FeedDraft = {}): string {
  const content = draft.content ?? serialiseFeedContent(contentOf(draft))
  const claims = {
    iss: the.issuer,
    iat: the.nowSeconds,
    exp: the.nowSeconds + 600,
    version: draft.version ?? 1,
    content_sha256: createHash('sha256').update(content).digest('base64url'),
    ...draft.claims,
  }
  const header = { typ: 'revocations+jwt', ...draft.header }
  const { alg = 'ES256', key = fixtureKeys[alg] } = draft
  return serialiseFeed(signedToken({ header, claims: JSON.stringify(claims), alg, key }), content)
}

/** The name that a feed has for a `jti`. */
export function nameOf(jti: string): number {
  return revokedTokenName(createHash('sha256').update(jti).digest())
}

function contentOf({ tokens = [], clients = {}, keys = [] }: FeedDraft): RevocationFeedDraft {
  const expiresAtSeconds = the.nowSeconds + 3_600
  return {
    tokens: tokens.map(({ jti, exp }) => ({ name: nameOf(jti), expiresAtSeconds: exp })),
    clients: new Map(
      Object.entries(clients).map(([id, notBeforeSeconds]) => [
        id,
        { notBeforeSeconds, expiresAtSeconds },
      ]),
    ),
    keys: new Map(keys.map((kid) => [kid, expiresAtSeconds])),
  }
}

/** An answer with a document, as the authorization server gives it. */
export function feedResponse(document: string, entityTag?: string): Response {
  return new Response(document, {
    headers: {
      'content-type': 'application/vnd.mintmark.revocations',
      ...(entityTag === undefined ? {} : { etag: entityTag }),
    },
  })
}

/** A guard that follows the feed named by metadata; at first nothing is revoked. */
export function feedWorld(
  revocation: Omit<RevocationOptions, 'follow'> = {},
  options: GuardOptions = {},
): GuardWorld {
  const world = guardWorld({ revocation: { follow: true, ...revocation }, ...options })
  const metadata = some.serverMetadata({ revocation_feed_endpoint: FEED_URL })
  world.network.respond(the.metadataUrl, jsonResponse(metadata))
  publish(world, feedDocument())
  return world
}

/** Answers every request with `document` from now on. */
export function publish({ network }: GuardWorld, document: string, entityTag?: string): void {
  network.respond(FEED_URL, () => feedResponse(document, entityTag))
}

/** The code of the refusal, or `'admitted'`. */
export async function codeOf(world: GuardWorld, token: string): Promise<string> {
  const verdict = await world.check(token)
  return verdict.admitted ? 'admitted' : verdict.code
}
