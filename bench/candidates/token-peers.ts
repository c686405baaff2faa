/**
 * How other libraries are used to have a token at hand, each as its own documentation shows it. Where a library keeps
 * no token, the cache is the few lines that every user of it writes.
 */
import {
  bearerTokenAuthenticationPolicy,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline'
import { ConfidentialClientApplication } from '@azure/msal-node'
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { OAuth2Client as GoogleClient } from 'google-auth-library'
import { allowInsecureRequests, Configuration, clientCredentialsGrant } from 'openid-client'
import { type AccessToken, ClientCredentials } from 'simple-oauth2'
import type { TokenPeerName } from './token-peer-names.ts'

/** Gives the raw token. */
export type RevealToken = () => Promise<string>

/** Makes a source of tokens for a token endpoint `/token` at `origin`. */
export type PrepareTokenPeer = (origin: string) => RevealToken

/** Client id and secret of all peers. */
export const peerCredential = { id: 'partner-a', secret: 'a secret that nobody looks at' } as const

const MARGIN_SECONDS = 1
const SCOPE = 'orders:read'

const prepare: Readonly<Record<TokenPeerName, PrepareTokenPeer>> = {
  'simple-oauth2': simpleOauth2,
  '@badgateway/oauth2-client': badgateway,
  'google-auth-library': googleAuth,
  'openid-client, cache by hand': openidClient,
  '@azure/core-rest-pipeline': azurePipeline,
  '@azure/msal-node': msalNode,
}

/** The source of one of them. */
export function tokenPeer(name: TokenPeerName, origin: string): RevealToken {
  return prepare[name](origin)
}

/** Every peer by its name. */
export const tokenPeers: ReadonlyMap<string, PrepareTokenPeer> = new Map(Object.entries(prepare))

function simpleOauth2(origin: string): RevealToken {
  const client = new ClientCredentials({
    client: peerCredential,
    auth: { tokenHost: origin, tokenPath: '/token' },
  })
  let token: AccessToken | undefined
  return async () => {
    if (token?.expired(MARGIN_SECONDS) !== false) token = await client.getToken({ scope: SCOPE })
    return token.token.access_token as string
  }
}

/** Its wrapper, for `getAccessToken` and `fetch`. */
export function badgatewayFetch(origin: string): OAuth2Fetch {
  const client = new OAuth2Client({
    server: `${origin}/`,
    tokenEndpoint: `${origin}/token`,
    clientId: peerCredential.id,
    clientSecret: peerCredential.secret,
  })
  return new OAuth2Fetch({
    client,
    getNewToken: () => client.clientCredentials({ scope: [SCOPE] }),
  })
}

function badgateway(origin: string): RevealToken {
  const wrapper = badgatewayFetch(origin)
  return () => wrapper.getAccessToken()
}

/** A client whose tokens come from the token endpoint by its hook. */
export function googleClient(origin: string): GoogleClient {
  const client = new GoogleClient({ eagerRefreshThresholdMillis: MARGIN_SECONDS * 1_000 })
  client.refreshHandler = async () => {
    const { accessToken, expiresInSeconds } = await requestToken(origin)
    return { access_token: accessToken, expiry_date: Date.now() + expiresInSeconds * 1_000 }
  }
  return client
}

function googleAuth(origin: string): RevealToken {
  const client = googleClient(origin)
  return async () => (await client.getAccessToken()).token as string
}

/** What an application configures to talk to the token endpoint. */
export function openidConfiguration(origin: string): Configuration {
  const server = { issuer: origin, token_endpoint: `${origin}/token` }
  const configuration = new Configuration(server, peerCredential.id, peerCredential.secret)
  // The endpoint is on this machine.
  allowInsecureRequests(configuration)
  return configuration
}

function openidClient(origin: string): RevealToken {
  const configuration = openidConfiguration(origin)
  let token = ''
  let usableUntilMs = 0
  return async () => {
    if (Date.now() < usableUntilMs) return token
    const granted = await clientCredentialsGrant(configuration, { scope: SCOPE })
    token = granted.access_token
    usableUntilMs = Date.now() + ((granted.expiresIn() ?? 0) - MARGIN_SECONDS) * 1_000
    return token
  }
}

/** The whole step of its pipeline: nothing less gives the token. */
function azurePipeline(origin: string): RevealToken {
  const policy = bearerTokenAuthenticationPolicy({
    scopes: [SCOPE],
    credential: {
      getToken: async () => {
        const { accessToken, expiresInSeconds } = await requestToken(origin)
        return { token: accessToken, expiresOnTimestamp: Date.now() + expiresInSeconds * 1_000 }
      },
    },
  })
  return async () => {
    const request = createPipelineRequest({ url: 'https://api.example/orders' })
    await policy.sendRequest(request, async () => ({
      request,
      status: 200,
      headers: createHttpHeaders(),
    }))
    return (request.headers.get('authorization') ?? '').slice('Bearer '.length)
  }
}

const TENANT = 'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111'

/** Knows one authority only; its network port leads to the token endpoint of the benchmark. */
function msalNode(origin: string): RevealToken {
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: '22222222-2222-2222-2222-222222222222',
      clientSecret: peerCredential.secret,
      authority: TENANT,
      authorityMetadata: JSON.stringify(authorityMetadata),
      cloudDiscoveryMetadata: JSON.stringify(cloudMetadata),
    },
    system: {
      networkClient: {
        sendGetRequestAsync: () => Promise.reject(new Error('no metadata is asked for')),
        sendPostRequestAsync: async <Body>() => {
          const { accessToken, expiresInSeconds } = await requestToken(origin)
          const body = { token_type: 'Bearer', access_token: accessToken }
          // Its margin is five minutes, whatever the lifetime.
          const answer = { ...body, expires_in: expiresInSeconds + MSAL_MARGIN_SECONDS }
          return { headers: {}, status: 200, body: answer as Body }
        },
      },
    },
  })
  const request = { scopes: ['api://orders/.default'] }
  return async () => (await application.acquireTokenByClientCredential(request))?.accessToken ?? ''
}

const MSAL_MARGIN_SECONDS = 300

const authorityMetadata = {
  issuer: `${TENANT}/v2.0`,
  token_endpoint: `${TENANT}/oauth2/v2.0/token`,
  authorization_endpoint: `${TENANT}/oauth2/v2.0/authorize`,
  end_session_endpoint: `${TENANT}/oauth2/v2.0/logout`,
  jwks_uri: `${TENANT}/discovery/v2.0/keys`,
}

const cloudMetadata = {
  tenant_discovery_endpoint: TENANT,
  'api-version': '1.1',
  metadata: [
    {
      preferred_network: 'login.microsoftonline.com',
      preferred_cache: 'login.windows.net',
      aliases: ['login.microsoftonline.com', 'login.windows.net'],
    },
  ],
}

async function requestToken(
  origin: string,
): Promise<{ readonly accessToken: string; readonly expiresInSeconds: number }> {
  const { id, secret } = peerCredential
  const response = await fetch(`${origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPE }),
  })
  const body = (await response.json()) as { access_token: string; expires_in: number }
  return { accessToken: body.access_token, expiresInSeconds: body.expires_in }
}
