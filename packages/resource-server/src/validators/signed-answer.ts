/**
 * Introspection answers as signed JWTs (RFC 9701), for who does not want to rely on the connection alone.
 *
 * Invariants
 *  (1) Only the claim `token_introspection` is read as an answer, behind a signature of the issuer over it.
 *  (2) An answer that is meant for somebody else, or was made before the question, is none.
 *  (3) Neither is one that could be taken for an access token: `sub` and `exp` stand inside (section 5).
 */
import {
  isKeyRefusal,
  parseClaims,
  parseCompact,
  type RemoteJwkSet,
  type SignatureEngine,
  verifyCompact,
} from '@mintmark/jwt'
import {
  type IntrospectionResponse,
  isJsonObject,
  type JsonObject,
  member,
  type Parsed,
  readIntrospectionResponse,
  refused,
} from '@mintmark/protocol'
import type { IntrospectionFailure } from './introspection-failure.ts'

/** What a signed answer has to be. */
export interface SignedAnswerRules {
  readonly issuer: string
  /** What the guard is called, as a client and as an API: one of it has to be in `aud`. */
  readonly names: readonly string[]
  readonly keys: Pick<RemoteJwkSet, 'keyFor'>
  readonly algorithms: ReadonlySet<string>
  readonly engine: SignatureEngine
  readonly clockToleranceSeconds: number
}

/** Reads signed answers. */
export interface SignedAnswers {
  readonly mediaType: string
  /** @param askedAtWallMs - When the question was sent. */
  read(
    text: string,
    askedAtWallMs: number,
  ): Promise<Parsed<IntrospectionResponse, IntrospectionFailure | 'malformed_claim'>>
}

const unsigned = refused('answer_not_signed_right')

/** The reader of answers under `rules`. */
export function signedAnswers(rules: SignedAnswerRules): SignedAnswers {
  return {
    mediaType: 'application/token-introspection+jwt',
    read: (text, askedAtWallMs) => readSigned(text, askedAtWallMs, rules),
  }
}

async function readSigned(
  text: string,
  askedAtWallMs: number,
  rules: SignedAnswerRules,
): Promise<Parsed<IntrospectionResponse, IntrospectionFailure | 'malformed_claim'>> {
  const jws = parseCompact(text)
  if (!jws.ok || jws.value.header.typ !== 'token-introspection+jwt') return unsigned
  const { header, payload } = jws.value
  if (!rules.algorithms.has(header.alg)) return unsigned
  const key = await rules.keys.keyFor(header)
  if (isKeyRefusal(key)) return unsigned
  if (!(await verifyCompact(rules.engine, jws.value, key))) return unsigned
  const claims = parseClaims(payload)
  if (!claims.ok || !isMeantForUs(claims.value, askedAtWallMs, rules)) return unsigned
  const said = member(claims.value, 'token_introspection')
  return isJsonObject(said) ? readIntrospectionResponse(said) : unsigned
}

function isMeantForUs(
  claims: JsonObject,
  askedAtWallMs: number,
  { issuer, names, clockToleranceSeconds }: SignedAnswerRules,
): boolean {
  const aud = member(claims, 'aud')
  const iat = member(claims, 'iat')
  const isOurs = names.some((name) => aud === name || (Array.isArray(aud) && aud.includes(name)))
  const earliestSeconds = Math.floor(askedAtWallMs / 1000) - clockToleranceSeconds
  const isRecent = typeof iat === 'number' && iat >= earliestSeconds
  const isNoToken = member(claims, 'sub') === undefined && member(claims, 'exp') === undefined
  return member(claims, 'iss') === issuer && isOurs && isRecent && isNoToken
}
