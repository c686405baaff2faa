/** What the client makes of the errors of each service. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PresetName, TokenClientOptions } from '@mintmark/client'
import { failureOf } from '../client-world.ts'
import { presetWorld } from '../preset-world.ts'

test('understands the errors of every service, and shows no word of them [C7] [S7]', async () => {
  const wrong = { clientSecret: 'not-the-secret' }
  const unknown = { clientId: 'nobody' }
  const rows: readonly [
    name: PresetName,
    options: Partial<TokenClientOptions>,
    standIn: object,
    outcome: readonly [code: string, oauthError: string | undefined, httpStatus: number],
  ][] = [
    ['credicorp', wrong, {}, ['client_refused', 'invalid_client', 401]],
    ['credicorp', { scope: 'admin' }, {}, ['request_refused', 'invalid_scope', 400]],
    ['credicorp', {}, { requestsPerMinute: 0 }, ['rate_limited', undefined, 429]],
    ['myparcel', wrong, {}, ['client_refused', 'invalid_client', 403]],
    ['myparcel', unknown, {}, ['client_refused', 'invalid_client', 403]],
    ['myparcel', { scope: 'admin' }, {}, ['request_refused', 'invalid_scope', 403]],
    ['firsty', wrong, {}, ['client_refused', 'invalid_client', 401]],
    ['auth0', wrong, {}, ['client_refused', 'access_denied', 401]],
    ['auth0', { audience: 'https://a.example' }, {}, ['request_refused', 'access_denied', 403]],
    ['auth0', { scope: 'delete:orders' }, {}, ['request_refused', 'access_denied', 403]],
    ['auth0', {}, { scope: undefined }, ['request_refused', 'access_denied', 403]],
    ['auth0', {}, { allowsGrant: false }, ['client_not_permitted', 'unauthorized_client', 403]],
    ['okta', wrong, {}, ['client_refused', 'invalid_client', 401]],
    ['okta', unknown, {}, ['client_refused', 'invalid_client', 400]],
    ['okta', { scope: 'admin' }, {}, ['request_refused', 'invalid_scope', 400]],
    ['okta', {}, { requiresProof: true }, ['proof_refused', 'invalid_dpop_proof', 400]],
    ['entra', wrong, {}, ['client_refused', 'invalid_client', 401]],
    ['entra', unknown, {}, ['client_not_permitted', 'unauthorized_client', 400]],
    ['entra', {}, { resource: 'api://other' }, ['request_refused', undefined, 400]],
    ['keycloak', wrong, {}, ['client_refused', 'unauthorized_client', 401]],
    ['keycloak', unknown, {}, ['client_refused', 'invalid_client', 401]],
    ['keycloak', { scope: 'admin' }, {}, ['request_refused', 'invalid_scope', 400]],
    ['keycloak', {}, { hasServiceAccount: false }, ['client_refused', 'unauthorized_client', 401]],
    ['cognito', wrong, {}, ['client_refused', 'invalid_client', 400]],
    ['cognito', { scope: 'orders/delete' }, {}, ['request_refused', 'invalid_scope', 400]],
  ]
  for (const [name, options, standIn, outcome] of rows) {
    const { client } = presetWorld(name, { deadlineMs: 1, ...options }, standIn)
    const error = await failureOf(client.token())
    const row = `${name} ${JSON.stringify(options)} ${JSON.stringify(standIn)}`
    assert.deepEqual([error.code, error.oauthError, error.httpStatus], outcome, row)
    const shown = `${error.message} ${JSON.stringify(error)} ${JSON.stringify(client.explain())}`
    assert(!/AADSTS|Invalid client|grant-type|Service not enabled|OAuth Client/.test(shown), row)
  }
})
