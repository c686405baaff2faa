/** The other libraries by name, apart from their code, which whoever only asks for a measurement need not load. */

/** In the order of the reports. */
export const tokenPeerNames = [
  'simple-oauth2',
  '@badgateway/oauth2-client',
  'google-auth-library',
  'openid-client, cache by hand',
  '@azure/core-rest-pipeline',
  '@azure/msal-node',
] as const

/** One of them. */
export type TokenPeerName = (typeof tokenPeerNames)[number]
