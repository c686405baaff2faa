/**
 * Okta (developer.okta.com, "Implement authorization by grant type: Client Credentials", "Implement
 * OAuth for Okta with a service app"). A custom authorization server has `/oauth2/ID` in its issuer;
 * the one of the organisation has no path and accepts assertions only. Assertions name the token
 * endpoint. Some errors come in Okta's own format.
 */
import { demand, type Preset } from './preset.ts'

/** What is known about Okta. */
export const okta: Preset = {
  metadata: 'openid-configuration',
  assertionDefaults: { audience: 'token_endpoint' },
  errorLeniency: { errorCodeMember: true },
  checkClient: ({ issuer, methods }) => {
    if (issuer === undefined) return
    demand(
      ISSUER.test(issuer),
      'issuer: expected https://ORGANISATION.okta.com/oauth2/ID, or without a path for Okta itself',
    )
    demand(
      issuer.includes('/oauth2/') || methods.includes('private_key_jwt'),
      "clientAuthentication: expected privateKeyJwt, the only method of the organisation's own server",
    )
  },
  checkRequest: ({ scope }) => {
    demand(
      scope !== undefined,
      'scope: expected a scope of the authorization server; Okta asks for one',
    )
  },
}

const ISSUER = /^https?:\/\/[^/]+(?:\/oauth2\/[^/]+)?$/
