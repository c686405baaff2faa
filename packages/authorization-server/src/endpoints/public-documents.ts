/** The two documents that anyone may read: server metadata (RFC 8414) and the JWK Set (RFC 7517 section 5). */
import { signatureAlgorithms } from '@mintmark/jwt'
import { serialiseServerMetadata, tokenExchangeGrant } from '@mintmark/protocol'
import { assertionAlgorithms } from '../client-authentication/assertions/assertion.ts'
import type { Endpoint, EndpointResponse } from '../http/endpoint.ts'
import { aliasOf } from '../http/mutual-tls-alias.ts'
import type { AuthenticationMethod } from '../registry/client.ts'
import { jwkSetResponse, metadataResponse, methodNotAllowed } from '../respond.ts'
import type { EndpointWorld } from './endpoint-world.ts'
import { FORM_TYPE, JSON_TYPE } from './request-parameters.ts'

/** The metadata document, as it is now. Lists no scopes: what an API offers is its own to publish. */
export function createMetadataEndpoint(world: EndpointWorld): Endpoint {
  let made: { readonly sequence: number; readonly document: string } | undefined
  return readOnly(() => {
    const { sequence } = world.state
    if (made?.sequence !== sequence) made = { sequence, document: metadataDocument(world) }
    return metadataResponse(made.document)
  })
}

function metadataDocument(world: EndpointWorld): string {
  const { issuer, state, expectsCertificates, mutualTlsOrigin } = world
  const detailTypes = [...state.registry.resources()].flatMap(
    ({ settings }) => settings.authorizationDetailsTypes,
  )
  const methods = expectsCertificates ? [...listedMethods, ...certificateMethods] : listedMethods
  return serialiseServerMetadata({
    issuer,
    ...endpointsBelow(issuer, world),
    ...publicEndpointsBelow(issuer, world),
    ...(mutualTlsOrigin !== undefined && {
      mtls_endpoint_aliases: endpointsBelow(aliasOf(issuer, mutualTlsOrigin), world),
    }),
    grant_types_supported: ['client_credentials', tokenExchangeGrant],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_signing_alg_values_supported: [
      ...new Set(['ES256', ...state.registry.algorithms]),
    ],
    dpop_signing_alg_values_supported: signatureAlgorithms,
    ...(expectsCertificates && { tls_client_certificate_bound_access_tokens: true }),
    mintmark_request_body_types_supported: [FORM_TYPE, JSON_TYPE],
    ...(detailTypes.length > 0 && {
      authorization_details_types_supported: [...new Set(detailTypes)],
    }),
  })
}

/** Where clients prove who they are, or could. */
function endpointsBelow(base: string, { dialect: { paths }, offersRegistration }: EndpointWorld) {
  const at = (path: string): string => base.replace(/\/$/, '') + path
  return {
    token_endpoint: at(paths.token),
    introspection_endpoint: at(paths.introspection),
    revocation_endpoint: at(paths.revocation),
    ...(offersRegistration && { registration_endpoint: at(paths.registration) }),
  }
}

/** Where everybody is answered alike. */
function publicEndpointsBelow(base: string, { dialect: { paths } }: EndpointWorld) {
  const at = (path: string): string => base.replace(/\/$/, '') + path
  return { jwks_uri: at(paths.jwkSet), revocation_feed_endpoint: at(paths.revocationFeed) }
}

/** Methods by their registered names (RFC 8414 section 2). Federated assertions have none: they are for who knows. */
const listedMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const satisfies readonly AuthenticationMethod[]

/** Those that nobody can use where no certificate arrives. */
const certificateMethods = [
  'tls_client_auth',
  'self_signed_tls_client_auth',
] as const satisfies readonly AuthenticationMethod[]

/** The JWK Set of all signing keys, as they are at the moment of the request. */
export function createJwkSetEndpoint({ state }: EndpointWorld): Endpoint {
  return readOnly(() => jwkSetResponse(state.keys.jwkSet))
}

function readOnly(response: () => EndpointResponse): Endpoint {
  return ({ method }, answer) => {
    const isRead = method === 'GET' || method === 'HEAD'
    answer(isRead ? response() : methodNotAllowed('GET, HEAD'))
  }
}
