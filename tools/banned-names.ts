/**
 * Words that do not appear in identifiers, and what to say instead. `docs/glossary.md` shows the same list, and a
 * test compares the two.
 */

/** A banned name: consecutive words of an identifier, in lower case, with the words to use instead. */
export interface BannedName {
  readonly words: string
  readonly instead: string
}

/** In the order of the glossary's table. */
export const bannedNames: readonly BannedName[] = [
  { words: 'auth server', instead: 'authorization server' },
  { words: 'idp', instead: 'authorization server' },
  { words: 'auth style', instead: 'authentication method' },
  { words: 'api key', instead: 'client secret' },
  { words: 'password', instead: 'client secret' },
  { words: 'login', instead: 'client authentication' },
  { words: 'logout', instead: 'revocation' },
  { words: 'user', instead: 'client, caller or operator' },
  { words: 'reference token', instead: 'opaque access token' },
  { words: 'refresh', instead: 'renew, renewal: there is no refresh token in this grant' },
  { words: 'ttl', instead: 'lifetime (a duration) or expiry (an instant)' },
  { words: 'permission', instead: 'scope' },
  { words: 'reject', instead: 'refuse (a rule said no) or fail (something broke)' },
  { words: 'deny', instead: 'refuse' },
  { words: 'handler', instead: 'what it does: responder, listener, command' },
  { words: 'manager', instead: 'what it keeps: registry, ring, store' },
  { words: 'data', instead: 'what it is: claims, body, bytes, entry' },
  { words: 'info', instead: 'what it tells: description, state, report' },
  { words: 'util', instead: 'the noun of what it does' },
  { words: 'utils', instead: 'the noun of what it does' },
  { words: 'helper', instead: 'the noun of what it does' },
  { words: 'helpers', instead: 'the noun of what it does' },
  { words: 'misc', instead: 'the noun of what it does' },
]

/** An identifier that may contain a banned word, below one folder, because the name is not ours to choose. */
export interface NameException {
  /** The start of the paths it holds for; empty for everywhere. */
  readonly below: string
  readonly identifier: string
  readonly reason: string
}

/** Every exception, with its reason. */
export const nameExceptions: readonly NameException[] = [
  { below: '', identifier: 'reject', reason: 'the second argument of a promise executor' },
  { below: '', identifier: 'FormData', reason: 'a name of the Fetch standard' },
  { below: '', identifier: 'rejectUnauthorized', reason: 'an option of node:tls' },
  { below: '', identifier: 'DataView', reason: 'a name of ECMAScript' },
  { below: '', identifier: 'userAgent', reason: 'a name of the HTML standard' },
  { below: '', identifier: 'refreshInSeconds', reason: 'the wire member refresh_in, parsed' },
  {
    below: '',
    identifier: 'minTtlSeconds',
    reason: "a name the product fixes, after the field's usage",
  },
  { below: 'packages/protocol/', identifier: 'refreshIn', reason: 'the same, while it is parsed' },
  {
    below: 'packages/authorization-server/',
    identifier: 'dataVersion',
    reason: 'the data_version of SQLite',
  },
  {
    below: 'packages/client/src/shared-store/',
    identifier: 'info',
    reason: 'a parameter of HKDF in WebCrypto',
  },
  {
    below: 'packages/client/src/shared-store/',
    identifier: 'additionalData',
    reason: 'a parameter of AES-GCM in WebCrypto',
  },
  {
    below: 'packages/testkit/src/stand-ins/',
    identifier: 'data',
    reason: 'a member of JSON:API documents',
  },
  {
    below: 'packages/client/src/adapters/axios/',
    identifier: 'data',
    reason: 'the body in the configurations and answers of axios',
  },
  {
    below: 'packages/client/',
    identifier: 'onResponseData',
    reason: 'a callback of undici',
  },
  {
    below: 'tests/system/adapters/',
    identifier: 'serverInfo',
    reason: 'a member of the answer to initialize in MCP',
  },
  { below: 'examples/', identifier: 'C_Login', reason: 'a call of PKCS #11' },
  { below: 'bench/candidates/', identifier: 'data', reason: 'a member of the answers of axios' },
  {
    below: 'bench/candidates/',
    identifier: 'eagerRefreshThresholdMillis',
    reason: 'an option of google-auth-library',
  },
  { below: 'tests/system/adapters/', identifier: 'data', reason: 'the body in axios' },
  {
    below: 'packages/resource-server/src/receipts/',
    identifier: 'info',
    reason: 'a parameter of HKDF in WebCrypto',
  },
  {
    below: 'packages/resource-server/src/receipts/',
    identifier: 'additionalData',
    reason: 'a parameter of AES-GCM in WebCrypto',
  },
  {
    below: 'packages/resource-server/src/adapters/fastify.ts',
    identifier: 'handler',
    reason: 'what a route of Fastify calls its function',
  },
  {
    below: 'packages/resource-server/test/adapters/',
    identifier: 'preHandler',
    reason: 'a hook of Fastify',
  },
  { below: 'tests/system/adapters/', identifier: 'onInfo', reason: 'a callback of undici' },
  { below: 'tests/system/adapters/', identifier: 'onResponseData', reason: 'a callback of undici' },
  { below: 'tests/conformance/deployment/', identifier: 'user', reason: 'a key of compose files' },
  {
    below: 'tests/conformance/deployment/',
    identifier: 'runAsUser',
    reason: 'a member of pods in Kubernetes',
  },
  {
    below: 'tests/conformance/deployment/',
    identifier: 'data',
    reason: 'a member of a ConfigMap in Kubernetes',
  },
  { below: 'packages/cli/', identifier: 'userInfo', reason: 'a function of node:os' },
  { below: 'packages/cli/', identifier: 'data', reason: 'the flag --data' },
  {
    below: 'packages/admin-api/src/',
    identifier: 'handler',
    reason: 'what a route of Fastify calls its function',
  },
  {
    below: 'packages/admin-api/src/api/',
    identifier: 'setErrorHandler',
    reason: 'a method of Fastify',
  },
  {
    below: 'packages/admin-api/src/api/',
    identifier: 'setNotFoundHandler',
    reason: 'a method of Fastify',
  },
  {
    below: 'packages/admin-api/src/api/',
    identifier: 'info',
    reason: 'a member of an OpenAPI document',
  },
  {
    below: 'packages/admin-api/src/remote/',
    identifier: 'data',
    reason: 'a member of what zod parses',
  },
  { below: 'packages/cli/', identifier: 'ttl', reason: 'the flag --ttl' },
]

/** Consecutive words that are a name of their own, in whatever identifier, although one of them is banned. */
export interface AllowedPhrase {
  readonly words: string
  readonly reason: string
}

/** Every phrase, with its reason. */
export const allowedPhrases: readonly AllowedPhrase[] = [
  { words: 'data folder', reason: 'the folder that --data names, as operators know it' },
  { words: 'mintmark data', reason: 'the environment variable MINTMARK_DATA' },
  { words: 'mintmark ttl', reason: 'the environment variable MINTMARK_TTL' },
]
