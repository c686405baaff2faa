/**
 * The revocation feed: what resource servers have to know to turn away tokens that were good when they were signed.
 * RFC 7009 says nothing about how they learn it; this is Mintmark's own format.
 *
 * A document is two lines. The first is a JWT of type `revocations+jwt`, signed with a key of the issuer's JWK Set; the
 * second is JSON text, whose SHA-256 is a claim of the first. Apart, so that the JWT stays small however much is
 * revoked, and so that nothing is base64url-encoded twice.
 *
 * Here nothing is verified: whoever reads a document verifies the JWT, its `iss` and its `exp`, compares the digest of
 * the second line with the claim, and refuses a `version` below that of a document which has not expired yet.
 */
import { decodeOctets, encodeOctets } from './base64url-octets.ts'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type JsonViolation,
  member,
  parseJsonObject,
  textMember,
} from './json-object.ts'
import { feedDepthMax, feedLengthMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import {
  decodeRevokedTokens,
  encodeRevokedTokens,
  type RevokedToken,
  type RevokedTokens,
  type RevokedTokensViolation,
} from './revoked-tokens.ts'

/** The `typ` of the JWT. */
export const revocationFeedType = 'revocations+jwt'

/** The claims of the JWT, as they are on the wire. Instants are seconds since 1970. */
export interface FeedClaims {
  readonly iss: string
  readonly iat: number
  /** From then on the document says nothing any more; a newer one is there long before. */
  readonly exp: number
  /** Grows with every change, never goes back. */
  readonly version: number
  /** The SHA-256 of the second line, in base64url. */
  readonly content_sha256: string
}

/** All tokens of a client up to an instant. */
export interface RevokedClient {
  /** Tokens with an `iat` up to and including this second are revoked. */
  readonly notBeforeSeconds: number
  /** When the last of them has expired. */
  readonly expiresAtSeconds: number
}

/** What is revoked, as it is written. */
export interface RevocationFeedDraft {
  readonly clients: ReadonlyMap<string, RevokedClient>
  /** By `kid`: when the last token that the key can have signed has expired. Keys in it are not to be trusted. */
  readonly keys: ReadonlyMap<string, number>
  readonly tokens: Iterable<RevokedToken>
}

/** What is revoked, as it was read. */
export interface RevocationFeed extends Omit<RevocationFeedDraft, 'tokens'> {
  readonly tokens: RevokedTokens
}

/** Why a document, or a part of it, is none. */
export type FeedViolation =
  | JsonViolation
  | RevokedTokensViolation
  | 'not_two_lines'
  | 'malformed_member'

/** Writes the second line: one text for what is the same, in whatever order it was given. */
export function serialiseFeedContent({ clients, keys, tokens }: RevocationFeedDraft): string {
  return JSON.stringify({
    clients: Object.fromEntries(
      inOrder(clients).map(([id, one]) => [id, [one.notBeforeSeconds, one.expiresAtSeconds]]),
    ),
    keys: Object.fromEntries(inOrder(keys)),
    tokens: encodeOctets(encodeRevokedTokens(tokens)),
  })
}

/** Joins the two lines. */
export function serialiseFeed(signedClaims: string, content: string): string {
  return `${signedClaims}\n${content}`
}

/** Takes a document apart. Refuses more than 8 MiB and anything but two lines. */
export function splitFeed(
  document: string,
): Parsed<{ readonly signedClaims: string; readonly content: string }, FeedViolation> {
  if (document.length > feedLengthMax) return refused('too_long')
  const end = document.indexOf('\n')
  if (end < 1 || end === document.length - 1) return refused('not_two_lines')
  if (document.includes('\n', end + 1)) return refused('not_two_lines')
  return accepted({ signedClaims: document.slice(0, end), content: document.slice(end + 1) })
}

/** Reads the claims of a JWT whose signature was verified. Does not compare issuer, time, version or digest. */
export function readFeedClaims(claims: JsonObject): Parsed<FeedClaims, FeedViolation> {
  const iss = textMember(claims, 'iss')
  const digest = textMember(claims, 'content_sha256')
  const [iat, exp, version] = ['iat', 'exp', 'version'].map((name) => instant(member(claims, name)))
  if (iss === undefined || digest === undefined) return refused('malformed_member')
  if (iat === undefined || exp === undefined || version === undefined) {
    return refused('malformed_member')
  }
  return accepted({ iss, iat, exp, version, content_sha256: digest })
}

/** Reads the second line. Never throws. Members that are not known are left out: they would be additions. */
export function parseFeedContent(content: string): Parsed<RevocationFeed, FeedViolation> {
  const json = parseJsonObject(content, { depthMax: feedDepthMax, lengthMax: feedLengthMax })
  if (!json.ok) return json
  const clients = entriesOf(member(json.value, 'clients'), revokedClient)
  const keys = entriesOf(member(json.value, 'keys'), instant)
  const octets = decodeOctets(textMember(json.value, 'tokens') ?? '')
  if (clients === undefined || keys === undefined || octets === undefined) {
    return refused('malformed_member')
  }
  const tokens = decodeRevokedTokens(octets)
  return tokens.ok ? accepted({ clients, keys, tokens: tokens.value }) : tokens
}

function inOrder<Value>(entries: ReadonlyMap<string, Value>): [string, Value][] {
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function entriesOf<Value>(
  object: JsonValue | undefined,
  read: (value: JsonValue | undefined) => Value | undefined,
): ReadonlyMap<string, Value> | undefined {
  if (!isJsonObject(object)) return undefined
  const entries = new Map<string, Value>()
  for (const [name, written] of Object.entries(object)) {
    const value = read(written)
    if (value === undefined) return undefined
    entries.set(name, value)
  }
  return entries
}

function revokedClient(value: JsonValue | undefined): RevokedClient | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [notBeforeSeconds, expiresAtSeconds] = value.map(instant)
  if (notBeforeSeconds === undefined || expiresAtSeconds === undefined) return undefined
  return { notBeforeSeconds, expiresAtSeconds }
}

function instant(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
