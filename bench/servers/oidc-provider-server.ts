/** The peer: oidc-provider with its in-memory storage, set up to issue the same JWT access tokens. */
import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { Provider } from 'oidc-provider'
import { type BenchClient, benchClients, RESOURCE, SCOPES } from '../load/token-workload.ts'
import { announce, listenAnywhere, serverArgument } from './server-ready.ts'

const { clients, alg = 'ES256' } = serverArgument<{
  readonly clients: number
  readonly alg?: 'ES256' | 'RS256'
}>()
const { privateKey } =
  alg === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signingKey = {
  ...privateKey.export({ format: 'jwk' }),
  kid: 'peer',
  alg,
  use: 'sig',
}

// Its issuer contains the port, so the port is bound before the provider exists.
let listener: RequestListener = (_request, response) => response.writeHead(503).end()
const port = await listenAnywhere(createServer((request, response) => listener(request, response)))
const issuer = `http://127.0.0.1:${port}`
const provider = new Provider(issuer, configuration())
listener = provider.callback()
announce({ port, issuer, tokenPath: '/token', jwksPath: '/jwks' })

function configuration() {
  const resourceIndicators: Record<string, unknown> = { enabled: true }
  resourceIndicators.getResourceServerInfo = () => ({
    audience: RESOURCE,
    scope: SCOPES.join(' '),
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg } },
  })
  return {
    clients: benchClients(clients).map(registration),
    jwks: { keys: [signingKey] },
    scopes: [...SCOPES],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators,
    },
  }
}

function registration({ id, secret }: BenchClient) {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: alg,
  }
}
