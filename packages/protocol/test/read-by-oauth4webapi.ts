import * as oauth from 'oauth4webapi'

/** What oauth4webapi makes of `body` as the answer to a client credentials token request. */
export async function readByOauth4webapi(
  body: string,
  status = 200,
): Promise<oauth.TokenEndpointResponse> {
  return oauth.processClientCredentialsResponse(
    { issuer: 'https://issuer.example' },
    { client_id: 'partner-a' },
    new Response(body, { status, headers: { 'content-type': 'application/json' } }),
  )
}
