/**
 * How access tokens of well-known issuers say what RFC 9068 section 2.2 asks for in other words. A profile is chosen by
 * name for one issuer; nothing is guessed from a token, and no claim has a second place to be looked for.
 *
 * Invariants
 *  (1) Without a profile a token is judged by RFC 9068 to the letter.
 *  (2) A profile translates; it does not judge. What it makes is judged by the same rules as everybody's claims.
 *  (3) What an issuer signs beside access tokens (ID tokens above all) is not one by any profile: each names the claim
 *      that tells them apart, because `typ` does not.
 *  (4) A token that says `at+jwt` is taken at its word, RFC 9068, with every profile; Keycloak puts that name on the
 *      claims it always writes.
 */
import { type JsonObject, type JsonValue, member, parseScope } from '@mintmark/protocol'

/** The issuers whose tokens have a profile; `'rfc9068'` is the standard. */
export type IssuerProfileName = 'rfc9068' | 'auth0' | 'cognito' | 'entra' | 'keycloak' | 'okta'

/** How the tokens of one issuer are read. */
export interface IssuerProfile {
  /** Values of `typ` that access tokens have, in small letters and without `application/`. */
  readonly types: ReadonlySet<string | undefined>
  /** Whether tokens may come without `jti`. */
  readonly mayLackJti: boolean
  /**
   * The claims, with those of RFC 9068 under its names; `undefined` for a token that is no access token.
   *
   * @param type - The token's `typ` as in {@link types}.
   */
  read(claims: JsonObject, type: string | undefined): JsonObject | undefined
}

/** Every profile's name. */
export const issuerProfileNames: readonly IssuerProfileName[] = [
  'rfc9068',
  'auth0',
  'cognito',
  'entra',
  'keycloak',
  'okta',
]

/** A `typ` in the form in which profiles name it: a media type has no case and may leave out its tree. */
export function typeName(typ: string | undefined): string | undefined {
  return typ === STANDARD ? STANDARD : typ?.toLowerCase().replace(/^application\//, '')
}

/** The profile of that name. `acceptLegacyTyp` is for `rfc9068` alone: the others say which `typ` they take. */
export function issuerProfile(name: IssuerProfileName, acceptLegacyTyp: boolean): IssuerProfile {
  if (name !== 'rfc9068') return foreignProfile(FOREIGN[name])
  return {
    types: new Set(acceptLegacyTyp ? [STANDARD, 'jwt', undefined] : [STANDARD]),
    mayLackJti: false,
    read: (claims, type) => (type !== STANDARD && isMarkedOther(claims) ? undefined : claims),
  }
}

/** How an issuer writes what RFC 9068 has its own names for. */
interface Wording {
  /** Values of `typ` beside `at+jwt`. */
  readonly types: readonly (string | undefined)[]
  readonly isAccessToken: (claims: JsonObject) => boolean
  readonly clientId: (claims: JsonObject) => JsonValue | undefined
  /** The claims that may hold the scope; the first one that the token has, counts. */
  readonly scope: readonly string[]
  readonly audience: (claims: JsonObject) => JsonValue | undefined
  /** The claim that names the token. */
  readonly tokenId: string
  readonly mayLackJti: boolean
  /** Whether `at+jwt` tokens are worded in the same way. */
  readonly wordsStandardTokens: boolean
}

const STANDARD = 'at+jwt'

const plain = {
  audience: (claims: JsonObject) => member(claims, 'aud'),
  tokenId: 'jti',
  mayLackJti: false,
  wordsStandardTokens: false,
} as const

const FOREIGN: Readonly<Record<Exclude<IssuerProfileName, 'rfc9068'>, Wording>> = {
  auth0: {
    ...plain,
    types: ['jwt'],
    isAccessToken: (claims) => !isMarkedOther(claims) && has(claims, 'azp'),
    clientId: (claims) => member(claims, 'azp'),
    scope: ['scope'],
    mayLackJti: true,
  },
  cognito: {
    ...plain,
    types: [undefined, 'jwt'],
    isAccessToken: (claims) => member(claims, 'token_use') === 'access',
    clientId: (claims) => member(claims, 'client_id'),
    scope: ['scope'],
    audience: (claims) =>
      has(claims, 'aud') ? member(claims, 'aud') : resourceServersIn(member(claims, 'scope')),
  },
  entra: {
    ...plain,
    types: ['jwt'],
    isAccessToken: (claims) => !isMarkedOther(claims) && entraClient(claims) !== undefined,
    clientId: entraClient,
    scope: ['scp', 'roles'],
    tokenId: 'uti',
    mayLackJti: true,
  },
  keycloak: {
    ...plain,
    types: ['jwt'],
    isAccessToken: (claims) => ['Bearer', 'DPoP'].includes(String(member(claims, 'typ'))),
    clientId: (claims) => member(claims, 'azp'),
    scope: ['scope'],
    wordsStandardTokens: true,
  },
  okta: {
    ...plain,
    types: [undefined, 'jwt'],
    isAccessToken: (claims) => !isMarkedOther(claims) && has(claims, 'cid'),
    clientId: (claims) => member(claims, 'cid'),
    scope: ['scp'],
  },
}

function foreignProfile(wording: Wording): IssuerProfile {
  return {
    types: new Set([STANDARD, ...wording.types]),
    mayLackJti: wording.mayLackJti,
    read(claims, type) {
      if (type === STANDARD && !wording.wordsStandardTokens) return claims
      return wording.isAccessToken(claims) ? translated(claims, wording) : undefined
    },
  }
}

/** A claim of RFC 9068 that the issuer has no word for is left out, even if the token has one of that name. */
function translated(claims: JsonObject, wording: Wording): JsonObject {
  const { aud: _aud, client_id: _clientId, jti: _jti, scope: _scope, ...others } = claims
  const scopeClaim = wording.scope.find((name) => has(claims, name))
  const standard: readonly (readonly [string, JsonValue | undefined])[] = [
    ['aud', wording.audience(claims)],
    ['client_id', wording.clientId(claims)],
    ['jti', member(claims, wording.tokenId)],
    ['scope', scopeClaim === undefined ? undefined : scopeText(member(claims, scopeClaim))],
  ]
  const present = standard.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
  return { ...others, ...Object.fromEntries(present) }
}

/**
 * A list of scope tokens as the text that it stands for. Whatever is not a list of single tokens is given back as it
 * is, so that the check of the claims refuses it: a name with a space in it must not become two.
 */
function scopeText(value: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(value)) return value
  return value.every(isScopeToken) ? value.join(' ') : value
}

function isScopeToken(value: JsonValue): boolean {
  const parsed = typeof value === 'string' ? parseScope(value) : undefined
  return parsed?.ok === true && parsed.value.tokens.length === 1
}

/**
 * Cognito's scopes are `RESOURCE SERVER/SCOPE`, and a scope's name has no slash; so what stands before the last one is
 * the resource server that the scope belongs to. A token without `aud` is for those.
 */
function resourceServersIn(scope: JsonValue | undefined): JsonValue | undefined {
  if (typeof scope !== 'string') return undefined
  const names = scope
    .split(' ')
    .filter((token) => token.lastIndexOf('/') > 0)
    .map((token) => token.slice(0, token.lastIndexOf('/')))
  return names.length === 0 ? undefined : [...new Set(names)]
}

/**
 * The client of an Entra token: `appid` of version 1.0, `azp` of version 2.0, each beside the claim that says how the
 * client proved itself, which ID tokens do not have.
 */
function entraClient(claims: JsonObject): JsonValue | undefined {
  switch (member(claims, 'ver')) {
    case '1.0':
      return has(claims, 'appidacr') ? member(claims, 'appid') : undefined
    case '2.0':
      return has(claims, 'azpacr') ? member(claims, 'azp') : undefined
    default:
      return undefined
  }
}

/** Claims that ID tokens and security events have and access tokens do not (OpenID Connect, RFC 8417). */
const MARKS_OF_OTHERS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events']

function isMarkedOther(claims: JsonObject): boolean {
  return MARKS_OF_OTHERS.some((name) => has(claims, name))
}

function has(claims: JsonObject, name: string): boolean {
  return member(claims, name) !== undefined
}
