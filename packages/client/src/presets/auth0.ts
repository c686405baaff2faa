/**
 * Auth0 (auth0.com/docs, "Client Credentials Flow", "Authenticate with Private Key JWT"). The issuer
 * ends with a slash, and so does the audience of an assertion. Every token is for one API, which
 * `audience` names (`resource` in tenants with the resource parameter profile); a default audience of
 * the tenant does not count in this grant.
 */
import { demand, type Preset } from './preset.ts'

/** What is known about Auth0. */
export const auth0: Preset = {
  authentication: 'client_secret_post',
  metadata: 'openid-configuration',
  checkClient: ({ issuer }) => {
    demand(
      issuer === undefined || ISSUER.test(issuer),
      'issuer: expected https://TENANT.auth0.com/ or a custom domain, with the slash at the end',
    )
  },
  checkRequest: ({ audience, resources }) => {
    demand(
      audience !== undefined || resources.length > 0,
      'audience: expected the identifier of the API, which Auth0 gives no token without',
    )
  },
}

const ISSUER = /^https?:\/\/[^/]+\/$/
