/** Fixed facts of the world that tests take place in. What varies from test to test is built by `some`. */

/** The one issuer, client, resource and instant that tests refer to when any would do. */
export const the = {
  issuer: 'https://issuer.example',
  metadataUrl: 'https://issuer.example/.well-known/oauth-authorization-server',
  tokenEndpoint: 'https://issuer.example/oauth/token',
  jwksUri: 'https://issuer.example/oauth/jwks',
  clientId: 'partner-a',
  /** Looks like a generated secret and belongs to nobody; no ordinary text contains a piece of it. */
  clientSecret: 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa',
  audience: 'https://api.example',
  scope: 'applications:write decisions:read',
  /** 2026-11-23T12:00:00Z, in seconds since 1970. */
  nowSeconds: 1_795_435_200,
} as const
