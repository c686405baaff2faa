/** Exports as the other programs write them, cut down to what says something about machines. */
import { pbkdf2Sync } from 'node:crypto'

/** What the clients of the exports prove themselves with. */
export const secretOf: Readonly<Record<string, string>> = {
  'orders-sync': 'hydra-generated-secret-1',
  'billing-sync': 'hydra~generated.secret-2',
  warehouse: 'Yp3wJm7VtHq2XkR9sLc4Zd8Fg1Bn6AoE',
  reports: 'rotating-secret-of-reports',
  a0Machine1: 'auth0-secret_of-64-characters_0123456789abcdefghijklmnopqrstuvwxyz',
  'op-worker': 'op secret: with a colon & more',
  'csv-one': 'csv, "quoted" secret',
}

const b64 = (octets: Uint8Array): string =>
  Buffer.from(octets).toString('base64').replace(/=+$/, '')

/** As Hydra's hasher writes it, with fewer rounds. */
export function hydraPbkdf2(secret: string): string {
  const salt = Buffer.from('0123456789abcdef')
  const hash = pbkdf2Sync(secret, salt, 1_000, 32, 'sha256')
  return `$pbkdf2-sha256$i=1000,l=32$${b64(salt)}$${b64(hash)}`
}

/** Rows of `hydra_client`; the API has the same names, lists as lists and no hashes. */
export function hydraExport(bcryptHash: string): unknown {
  return [
    {
      id: 'orders-sync',
      client_name: 'Orders\nsync',
      client_secret: hydraPbkdf2(secretOf['orders-sync'] ?? ''),
      grant_types: '["client_credentials"]',
      response_types: '[]',
      scope: 'orders:read orders:write',
      audience: '["https://orders.example"]',
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret_expires_at: 0,
      jwks: '{}',
      client_credentials_grant_access_token_lifespan: 1_800_000_000_000,
    },
    {
      client_id: 'billing-sync',
      client_secret: bcryptHash,
      grant_types: ['client_credentials', 'refresh_token'],
      scope: 'bills:read offline_access',
      audience: ['https://orders.example', 'https://bills.example'],
      token_endpoint_auth_method: 'client_secret_post',
      client_credentials_grant_access_token_lifespan: '1h30m0s',
    },
    { client_id: 'web-shop', grant_types: ['authorization_code'], scope: 'openid' },
    { client_id: 'spa', grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
    {
      client_id: 'no-audience',
      grant_types: ['client_credentials'],
      scope: 'x',
      client_secret: 'long enough',
    },
  ]
}

/** A realm as `kc.sh export --realm machines` writes it. */
export const keycloakExport: unknown = {
  realm: 'machines',
  accessTokenLifespan: 300,
  clients: [
    { clientId: 'account', publicClient: true, protocol: 'openid-connect' },
    { clientId: 'stock-api', bearerOnly: true, protocol: 'openid-connect' },
    { clientId: 'shop-frontend', publicClient: true, standardFlowEnabled: true },
    { clientId: 'portal', publicClient: false, serviceAccountsEnabled: false, secret: 'x' },
    {
      clientId: 'warehouse',
      name: 'Warehouse',
      enabled: true,
      clientAuthenticatorType: 'client-secret',
      secret: 'Yp3wJm7VtHq2XkR9sLc4Zd8Fg1Bn6AoE',
      publicClient: false,
      serviceAccountsEnabled: true,
      defaultClientScopes: ['web-origins', 'roles', 'stock:read'],
      optionalClientScopes: ['offline_access', 'stock:write'],
      attributes: { 'access.token.lifespan': '600' },
      protocolMappers: [
        {
          protocolMapper: 'oidc-audience-mapper',
          config: { 'included.custom.audience': 'https://stock.example' },
        },
      ],
    },
    {
      clientId: 'reports',
      enabled: false,
      clientAuthenticatorType: 'client-secret',
      secret: 'rotating-secret-of-reports',
      publicClient: false,
      serviceAccountsEnabled: true,
      defaultClientScopes: ['basic', 'acr'],
      optionalClientScopes: [],
      attributes: {
        'client.secret.rotated': 'the-secret-before-that',
        'client.secret.rotated.expiration.time': '1795500000',
      },
    },
    {
      clientId: 'hidden',
      clientAuthenticatorType: 'client-secret',
      secret: '**********',
      serviceAccountsEnabled: true,
      protocolMappers: [
        {
          protocolMapper: 'oidc-audience-mapper',
          config: { 'included.client.audience': 'stock-api' },
        },
      ],
      defaultClientScopes: ['stock:read'],
    },
  ],
  users: [
    {
      username: 'service-account-reports',
      serviceAccountClientId: 'reports',
      clientRoles: { 'stock-api': ['view', 'print labels'], 'realm-management': ['view-clients'] },
    },
  ],
}

/** What Auth0's deploy tool writes with `EXPORTED_CLIENT_SECRETS` and ids. */
export const auth0Export: unknown = {
  resourceServers: [
    {
      name: 'Orders API',
      identifier: 'https://orders.example/',
      signing_alg: 'RS256',
      token_lifetime: 86_400,
      scopes: [{ value: 'read:orders', description: 'Read' }, { value: 'write:orders' }],
    },
    { name: 'Auth0 Management API', identifier: 'https://t.eu.auth0.com/api/v2/', is_system: true },
  ],
  clients: [
    { name: 'All Applications', client_id: 'global', global: true },
    {
      name: 'Machine one',
      client_id: 'a0Machine1',
      client_secret: 'auth0-secret_of-64-characters_0123456789abcdefghijklmnopqrstuvwxyz',
      app_type: 'non_interactive',
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
    },
    { name: 'Shop', client_id: 'a0Shop', app_type: 'spa', grant_types: ['authorization_code'] },
    { name: 'Idle', client_id: 'a0Idle', app_type: 'non_interactive', client_secret: 's' },
    {
      name: 'Keyed',
      client_id: 'a0Keyed',
      grant_types: ['client_credentials'],
      client_authentication_methods: { private_key_jwt: { credentials: [{ id: 'cred_1' }] } },
    },
  ],
  clientGrants: [
    { client_id: 'Machine one', audience: 'https://orders.example/', scope: ['read:orders'] },
    { client_id: 'a0Machine1', audience: 'https://t.eu.auth0.com/api/v2/', scope: ['read:users'] },
    { client_id: 'a0Keyed', audience: 'https://orders.example/', scope: [] },
  ],
}

/** `clients` of a node-oidc-provider configuration, and one from its adapter. */
export function oidcProviderExport(publicKey: object): unknown {
  return [
    {
      client_id: 'op-worker',
      client_secret: 'op secret: with a colon & more',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'jobs:run',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      payload: {
        client_id: 'op-signer',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [publicKey] },
        dpop_bound_access_tokens: true,
      },
    },
    { client_id: 'op-web', grant_types: ['authorization_code'], redirect_uris: ['https://x/cb'] },
    {
      client_id: 'op-keyless',
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
    },
  ]
}
