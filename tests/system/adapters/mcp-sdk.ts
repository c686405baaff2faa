/**
 * The MCP SDK. Some of its dependencies publish their TypeScript sources under the condition under which tests load
 * ours, and Node does not strip the types of what is installed.
 */
import { registerHooks } from 'node:module'

const hooks = registerHooks({
  resolve: (specifier, context, next) => {
    const conditions = context.conditions.filter((condition) => condition !== 'source')
    return next(specifier, { ...context, conditions })
  },
})

export const {
  auth,
  Client,
  ClientCredentialsProvider,
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
  StreamableHTTPClientTransport,
} = await import('@modelcontextprotocol/client')

hooks.deregister()
