/** Which endpoint answers at which path. Exact paths only: what is not one of ours is 404. */
import { type IssuerIdentifier, metadataUrl } from '@mintmark/protocol'
import type { EndpointWorld } from './endpoints/endpoint-world.ts'
import { createIntrospectionEndpoint } from './endpoints/introspection.ts'
import { createJwkSetEndpoint, createMetadataEndpoint } from './endpoints/public-documents.ts'
import { createRevocationEndpoint } from './endpoints/revocation.ts'
import { createRevocationFeedEndpoint } from './endpoints/revocation-feed.ts'
import { createTokenEndpoint } from './endpoints/token.ts'
import type { Endpoint } from './http/endpoint.ts'

/** Finds the endpoint for a request target such as `/oauth/token?x=1`; the query plays no part. */
export type Router = (target: string) => Endpoint | undefined

/**
 * The endpoints of an issuer. Those of the dialect lie below the issuer's own path; the metadata document has the
 * well-known part inserted before that path (RFC 8414 section 3.1), so that a wrong issuer path is a 404.
 */
export function createRouter(
  issuer: IssuerIdentifier,
  world: EndpointWorld,
  registration: Endpoint | undefined,
): Router {
  const base = new URL(issuer).pathname.replace(/\/$/, '')
  const { paths } = world.dialect
  const endpoints = new Map<string, Endpoint>([
    [base + paths.token, createTokenEndpoint(world)],
    [base + paths.introspection, createIntrospectionEndpoint(world)],
    [base + paths.revocation, createRevocationEndpoint(world)],
    [base + paths.revocationFeed, createRevocationFeedEndpoint(world.revocationFeed)],
    [base + paths.jwkSet, createJwkSetEndpoint(world)],
    [metadataUrl(issuer, 'oauth-authorization-server').pathname, createMetadataEndpoint(world)],
  ])
  if (registration !== undefined) endpoints.set(base + paths.registration, registration)
  return (target) => endpoints.get(target) ?? endpoints.get(withoutQuery(target))
}

function withoutQuery(target: string): string {
  const at = target.indexOf('?')
  return at === -1 ? target : target.slice(0, at)
}
