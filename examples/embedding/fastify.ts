/** The authorization server in Fastify. */
import type { AuthorizationServer } from '@mintmark/authorization-server'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'

/**
 * One hook. It runs before Fastify looks at the media type and reads the body, and `hijack` tells Fastify that the
 * answer is no longer its own.
 */
export function fastifyProgram(
  server: AuthorizationServer,
  options: FastifyServerOptions = {},
): FastifyInstance {
  const app = Fastify(options)
  app.addHook('onRequest', (request, reply, done) => {
    if (!server.handles(request.raw.url ?? '')) {
      done()
      return
    }
    reply.hijack()
    server.listener(request.raw, reply.raw)
  })
  app.get('/mine', async () => 'mine')
  return app
}
