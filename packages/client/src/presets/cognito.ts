/**
 * Amazon Cognito (docs.aws.amazon.com, "The token issuer endpoint", "Scopes, M2M, and resource
 * servers"). The token endpoint is on the domain of the user pool, another origin than the issuer:
 * `https://DOMAIN.auth.REGION.amazoncognito.com` of the same region is expected there, a custom domain
 * has to be listed in `tokenEndpointOrigins`.
 */
import { demand, type Preset } from './preset.ts'

/** What is known about Amazon Cognito. */
export const cognito: Preset = {
  metadata: 'openid-configuration',
  allowsTokenEndpoint: (issuer, url) => {
    const region = ISSUER_HOST.exec(issuer.host)?.[1]
    return region !== undefined && TOKEN_HOST.exec(url.host)?.[1] === region
  },
  checkClient: ({ issuer }) => {
    demand(
      issuer === undefined || ISSUER.test(issuer),
      'issuer: expected https://cognito-idp.REGION.amazonaws.com/POOL; the domain of the pool has no metadata',
    )
  },
  checkRequest: ({ scope }) => {
    const tokens = scope?.text.split(' ') ?? []
    demand(
      tokens.every((token) => token.includes('/')),
      'scope: expected RESOURCE_SERVER/SCOPE, the only kind that Cognito gives to clients',
    )
  },
}

const ISSUER_HOST = /^cognito-idp(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com$/
const TOKEN_HOST = /^[a-z0-9-]+\.auth(?:-fips)?\.([a-z0-9-]+)\.amazoncognito\.com$/
const ISSUER = /^https?:\/\/[^/]+\/[^/]+$/
