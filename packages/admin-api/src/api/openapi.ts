/** What the OpenAPI document says besides its operations. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { AuthorizationServer } from '@mintmark/authorization-server'

/** The document's frame: OpenAPI 3.1, and how one gets a token. */
export function openApiOptions(
  { tokenEndpoint }: AuthorizationServer,
  version: string,
): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mintmark administration',
        description: 'Administration of an authorization server. Failures are RFC 9457 problems.',
        version,
      },
      components: {
        securitySchemes: {
          accessToken: {
            type: 'oauth2',
            description: 'An access token of this server for the resource urn:mintmark:admin',
            flows: {
              clientCredentials: {
                tokenUrl: tokenEndpoint,
                scopes: {
                  'admin:read': 'look at everything',
                  'admin:write': 'change everything',
                },
              },
            },
          },
        },
      },
    },
  }
}
