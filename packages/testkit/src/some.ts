/** Builders of wire messages that are right in every respect but those a test names. */
import type { JsonObject, JsonValue } from '@mintmark/protocol'
import { the } from './the.ts'

/** Members to set; `undefined` takes a member away. Values of a wrong type are welcome: tests send them. */
export type Overrides = Readonly<Record<string, JsonValue | undefined>>

/** Each builder gives a complete, valid message with `overrides` applied. */
export const some = {
  /** The JSON text of a successful token response (RFC 6749 section 5.1), valid for an hour. */
  tokenResponse(overrides: Overrides = {}): string {
    const message = {
      access_token: 'Zk3vQ8wXy1Tn6RbMd4HsJp0Lc7GfUe2a',
      token_type: 'Bearer',
      expires_in: 3600,
      scope: the.scope,
    }
    return JSON.stringify({ ...message, ...overrides })
  },

  /** The JSON text of an error response of the token endpoint (RFC 6749 section 5.2). */
  tokenError(overrides: Overrides = {}): string {
    return JSON.stringify({ error: 'invalid_client', ...overrides })
  },

  /** The claims of a JWT access token (RFC 9068 section 2.2) issued at `the.nowSeconds` for an hour. */
  claims(overrides: Overrides = {}): JsonObject {
    const claims = {
      iss: the.issuer,
      sub: the.clientId,
      aud: the.audience,
      exp: the.nowSeconds + 3600,
      iat: the.nowSeconds,
      jti: 'r0Yb5mVt9KzQ2xWc8NfHgA',
      client_id: the.clientId,
      scope: the.scope,
    }
    return withoutUndefined({ ...claims, ...overrides })
  },

  /** The JSON text of an authorization server's metadata (RFC 8414 section 2). */
  serverMetadata(overrides: Overrides = {}): string {
    const document = {
      issuer: the.issuer,
      token_endpoint: the.tokenEndpoint,
      jwks_uri: the.jwksUri,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    }
    return JSON.stringify({ ...document, ...overrides })
  },
} as const

function withoutUndefined(members: Overrides): JsonObject {
  const kept: [string, JsonValue][] = []
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) kept.push([name, value])
  }
  return Object.fromEntries(kept)
}
