/**
 * Access tokens as well-known issuers write them, made after their documentation, and what else those issuers sign.
 * The names of tenants, clients and keys are made up; the claims are not.
 */
import assert from 'node:assert/strict'
import type { JsonObject } from '@mintmark/protocol'
import type { GuardOptions, IssuerProfileName, RefusalCode } from '@mintmark/resource-server'
import { fixtureKeys, jsonResponse, type Overrides, the } from '@mintmark/testkit'
import { type GuardWorld, guardWorld, keySetOf, signedToken } from './guard-world.ts'

const now = the.nowSeconds
/** A token's life of one hour from now. */
export const life = { iat: now, exp: now + 3_600 }
const tenant = '2f5b1f6e-6b0a-4f43-9b57-2a3ad1f6a1c4'
const appId = '8a1d2c64-31be-4e0b-9f7c-6f1e0d5a7b21'
const apiId = '5c6f0a0e-9f0d-4b5e-8a3e-0b8f0a1d2c3e'

/** A token of an issuer, and how it is to be understood. */
export interface Issued {
  readonly profile: IssuerProfileName
  readonly issuer: string
  readonly audience: string
  readonly typ: string | undefined
  readonly claims: JsonObject
  readonly clientId: string
  readonly scope: readonly string[]
}

/** By what it is a token of. */
export const providerTokens: Readonly<Record<string, Issued>> = {
  'Keycloak, service account': {
    profile: 'keycloak',
    issuer: 'https://sso.example/realms/partners',
    audience: 'orders-api',
    typ: 'JWT',
    claims: {
      ...life,
      jti: 'trrtcc:0b1c7b0e-3c33-4f5b-8d5b-5ac0f0e5c5d1',
      iss: 'https://sso.example/realms/partners',
      aud: ['orders-api', 'account'],
      sub: 'f2ab9c5c-6d57-4e3c-9a1f-0f3e8f2b1a77',
      typ: 'Bearer',
      azp: 'partner-a',
      acr: '1',
      realm_access: { roles: ['default-roles-partners'] },
      scope: 'orders:read profile',
      clientHost: '10.0.0.7',
      preferred_username: 'service-account-partner-a',
      client_id: 'partner-a',
    },
    clientId: 'partner-a',
    scope: ['orders:read', 'profile'],
  },
  'Keycloak, with its switch for RFC 9068 on': {
    profile: 'keycloak',
    issuer: 'https://sso.example/realms/partners',
    audience: 'orders-api',
    typ: 'at+jwt',
    claims: {
      ...life,
      jti: 'trrtcc:6c1d2b3a-0d0f-4a6e-8b7e-1f2e3d4c5b6a',
      iss: 'https://sso.example/realms/partners',
      aud: 'orders-api',
      sub: 'f2ab9c5c-6d57-4e3c-9a1f-0f3e8f2b1a77',
      typ: 'Bearer',
      azp: 'partner-a',
      scope: 'orders:read',
    },
    clientId: 'partner-a',
    scope: ['orders:read'],
  },
  'Entra, version 2.0, application permissions': {
    profile: 'entra',
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    audience: apiId,
    typ: 'JWT',
    claims: {
      ...life,
      nbf: now,
      aud: apiId,
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      aio: 'k2RgYFg9x8Vr0Z7nXz4Hr1qsu2Z+DgA=',
      azp: appId,
      azpacr: '1',
      oid: 'a3d5f7e9-1b3d-4f6a-8c0e-2d4f6a8c0e1b',
      rh: '1.AXkAbh9bLwprQ0-bVyo60fahxA4Kb1wNn15Ligo-C4-qHSw.',
      roles: ['Orders.Read.All', 'Orders.Write.All'],
      sub: 'a3d5f7e9-1b3d-4f6a-8c0e-2d4f6a8c0e1b',
      tid: tenant,
      uti: 'VbR6Z2m0nEaXk1cQ7d4rAA',
      ver: '2.0',
    },
    clientId: appId,
    scope: ['Orders.Read.All', 'Orders.Write.All'],
  },
  'Entra, version 1.0, application permissions': {
    profile: 'entra',
    issuer: `https://sts.windows.net/${tenant}/`,
    audience: `api://${apiId}`,
    typ: 'JWT',
    claims: {
      ...life,
      nbf: now,
      aud: `api://${apiId}`,
      iss: `https://sts.windows.net/${tenant}/`,
      appid: appId,
      appidacr: '2',
      oid: 'a3d5f7e9-1b3d-4f6a-8c0e-2d4f6a8c0e1b',
      roles: ['Orders.Read.All'],
      sub: 'a3d5f7e9-1b3d-4f6a-8c0e-2d4f6a8c0e1b',
      tid: tenant,
      uti: 'mS0t4XjPqUqYc2dR9e1wAA',
      ver: '1.0',
    },
    clientId: appId,
    scope: ['Orders.Read.All'],
  },
  'Entra, version 2.0, in the name of somebody': {
    profile: 'entra',
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    audience: apiId,
    typ: 'JWT',
    claims: {
      ...life,
      nbf: now,
      aud: apiId,
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      azp: appId,
      azpacr: '0',
      name: 'Somebody',
      oid: 'b4e6a8c0-2c4e-4a7b-9d1f-3e5a7b9d1f2c',
      preferred_username: 'somebody@example.com',
      roles: ['Administrator'],
      scp: 'Orders.Read',
      sub: 'kq1ZC0m8Vw2v3nG0b7yq5sX9m1pT4rE6uI8oP0aS2dF',
      tid: tenant,
      uti: 'ZxC5vB3nM1aS9dF7gH2jAA',
      ver: '2.0',
    },
    clientId: appId,
    scope: ['Orders.Read'],
  },
  'Auth0, its own profile': {
    profile: 'auth0',
    issuer: 'https://partners.eu.auth0.com/',
    audience: 'https://api.example/',
    typ: 'JWT',
    claims: {
      ...life,
      iss: 'https://partners.eu.auth0.com/',
      sub: 'Tq7nXk2vB9mRc4LdWz8sYh1JpGf6UeA3@clients',
      aud: 'https://api.example/',
      azp: 'Tq7nXk2vB9mRc4LdWz8sYh1JpGf6UeA3',
      scope: 'read:orders write:orders',
      gty: 'client-credentials',
      permissions: ['read:orders', 'write:orders'],
    },
    clientId: 'Tq7nXk2vB9mRc4LdWz8sYh1JpGf6UeA3',
    scope: ['read:orders', 'write:orders'],
  },
  'Auth0, the RFC 9068 profile': {
    profile: 'auth0',
    issuer: 'https://partners.eu.auth0.com/',
    audience: 'https://api.example/',
    typ: 'at+jwt',
    claims: {
      ...life,
      iss: 'https://partners.eu.auth0.com/',
      sub: 'Tq7nXk2vB9mRc4LdWz8sYh1JpGf6UeA3@clients',
      aud: 'https://api.example/',
      scope: 'read:orders',
      jti: 'aB3dE5fG7hI9jK1lM2nO4p',
      client_id: 'Tq7nXk2vB9mRc4LdWz8sYh1JpGf6UeA3',
    },
    clientId: 'Tq7nXk2vB9mRc4LdWz8sYh1JpGf6UeA3',
    scope: ['read:orders'],
  },
  'Okta, custom authorization server': {
    profile: 'okta',
    issuer: 'https://partners.okta.com/oauth2/aus1a2b3c4d5e6f7g8h9',
    audience: 'api://orders',
    typ: undefined,
    claims: {
      ...life,
      ver: 1,
      jti: 'AT.0mP8V2xqk3nS7yZbW4cT1dRfG6hJ9lKqE5uAoIvXwYs',
      iss: 'https://partners.okta.com/oauth2/aus1a2b3c4d5e6f7g8h9',
      aud: 'api://orders',
      cid: '0oa1b2c3d4e5f6g7h8i9',
      scp: ['orders.read', 'orders.write'],
      sub: '0oa1b2c3d4e5f6g7h8i9',
    },
    clientId: '0oa1b2c3d4e5f6g7h8i9',
    scope: ['orders.read', 'orders.write'],
  },
  'Cognito, client credentials': {
    profile: 'cognito',
    issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123',
    audience: 'https://orders.example',
    typ: undefined,
    claims: {
      ...life,
      sub: '5example1client2id3goes4here',
      token_use: 'access',
      scope: 'https://orders.example/read https://orders.example/write',
      auth_time: now,
      iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123',
      version: 2,
      jti: '39cdbc77-8743-4e1e-9669-96e62b165f1c',
      client_id: '5example1client2id3goes4here',
    },
    clientId: '5example1client2id3goes4here',
    scope: ['https://orders.example/read', 'https://orders.example/write'],
  },
}

/** A guard of one issuer that publishes the fixture keys. */
export function worldOf({ issuer, audience }: Issued, options: Partial<GuardOptions>): GuardWorld {
  const jwksUri = 'https://keys.example/jwks'
  const world = guardWorld({ issuers: [{ issuer, jwksUri, ...options }], audience } as GuardOptions)
  world.network.respond(jwksUri, jsonResponse(keySetOf(...Object.values(fixtureKeys))))
  return world
}

/** What becomes of the token with some claims changed. */
export async function codeOf(
  issued: Issued,
  overrides: Overrides = {},
  options: Partial<GuardOptions> = { profile: issued.profile },
  typ: string | undefined = issued.typ,
): Promise<RefusalCode | 'admitted'> {
  const claims = JSON.parse(JSON.stringify({ ...issued.claims, ...overrides }))
  const token = signedToken({ alg: 'RS256', header: { typ }, claims })
  const verdict = await worldOf(issued, options).check(token)
  return verdict.admitted ? 'admitted' : verdict.code
}

/** The token of that name. */
export function issuedBy(name: string): Issued {
  const issued = providerTokens[name]
  assert.ok(issued !== undefined, name)
  return issued
}
