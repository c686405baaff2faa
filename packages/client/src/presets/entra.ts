/**
 * Microsoft Entra ID (learn.microsoft.com, "OAuth 2.0 client credentials flow on the Microsoft
 * identity platform", "Microsoft identity platform application authentication certificate
 * credentials"). The tenant is part of the issuer, by its id: under its name or `common` the metadata
 * tells another issuer. A token is for one resource, which the scope names. An endpoint of version 1
 * (`/oauth2/token`) is given as `tokenEndpoint` and takes `resource` instead.
 */
import { demand, type Preset } from './preset.ts'

/** What is known about Microsoft Entra ID. */
export const entra: Preset = {
  authentication: 'client_secret_post',
  metadata: 'openid-configuration',
  assertionDefaults: { audience: 'token_endpoint', typ: 'JWT' },
  checkClient: ({ issuer }) => {
    demand(
      issuer === undefined || ISSUER.test(issuer),
      'issuer: expected https://login.microsoftonline.com/TENANT/v2.0 with the id of the tenant',
    )
  },
  checkRequest: ({ scope, resources }, { tokenEndpoint }) => {
    if (tokenEndpoint?.endsWith('/oauth2/token')) {
      demand(resources.length === 1, 'resource: expected one, which version 1 of Entra ID asks for')
      return
    }
    demand(
      scope !== undefined && DEFAULT_SCOPE.test(scope.text),
      'scope: expected RESOURCE/.default and nothing else, which Entra ID asks for',
    )
    demand(resources.length === 0, 'resource: expected none, as the scope names it for Entra ID')
  },
}

const ISSUER = /^https?:\/\/[^/]+\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/v2\.0$/i
const DEFAULT_SCOPE = /^[^ ]+\/\.default$/
