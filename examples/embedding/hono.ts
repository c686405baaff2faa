/** The authorization server in Hono on Node. */
import { TLSSocket } from 'node:tls'
import type { HttpBindings } from '@hono/node-server'
import type { AuthorizationServer, FetchConnection } from '@mintmark/authorization-server'
import { Hono } from 'hono'

/** One middleware. What a `Request` does not tell comes from the connection below it. */
export function honoProgram(server: AuthorizationServer): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (context, next) => {
    if (!server.handles(context.req.path)) return await next()
    return await server.fetch(context.req.raw, connectionOf(context.env.incoming))
  })
  app.get('/mine', (context) => context.text('mine'))
  return app
}

/** The address and the certificate of the other end of a connection of `node:http`. */
export function connectionOf({ socket }: HttpBindings['incoming']): FetchConnection {
  const { remoteAddress } = socket
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  if (shown === undefined) return { remoteAddress }
  const isTrusted = (socket as TLSSocket).authorized
  return { remoteAddress, certificate: { der: new Uint8Array(shown.raw), isTrusted } }
}
