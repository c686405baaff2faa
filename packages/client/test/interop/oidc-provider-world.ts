/** Somebody else's authorization server on a free port: oidc-provider. */
import type { RequestListener } from 'node:http'
import { startLoopbackServer, the } from '@mintmark/testkit'

/** The part of oidc-provider that is used here; the package brings no types. */
interface OidcProvider {
  callback(): RequestListener
}

const untyped: string = 'oidc-provider'
const { default: Provider } = (await import(untyped)) as {
  readonly default: new (issuer: string, configuration: object) => OidcProvider
}

/** A client of the provider that may use the client credentials grant. */
export function providerClient(clientId: string, method: string, members: object): object {
  return {
    client_id: clientId,
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: the.scope,
    ...members,
  }
}

/** Runs a provider with these clients, and further scopes and features, while `use` runs. */
export async function withProvider(
  { clients, scopes = [], features = {} }: ProviderOptions,
  use: (issuer: string) => Promise<void>,
): Promise<void> {
  let listener: RequestListener = (_request, response) => void response.end()
  const server = await startLoopbackServer((request, response) => listener(request, response))
  const provider = new Provider(server.origin, {
    clients,
    scopes: [...the.scope.split(' '), ...scopes],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      ...features,
    },
  })
  listener = provider.callback()
  try {
    await use(server.origin)
  } finally {
    await server.close()
  }
}

interface ProviderOptions {
  readonly clients: readonly object[]
  readonly scopes?: readonly string[]
  readonly features?: object
}
