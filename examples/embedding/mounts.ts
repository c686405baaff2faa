/** Every way to mount the authorization server that the examples show, on `node:http` or `node:https`. */
import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { AuthorizationServer } from '@mintmark/authorization-server'
import { expressProgram, expressProgramBelow, expressProgramWithParsersFirst } from './express.ts'
import { fastifyProgram } from './fastify.ts'
import { fetchProgram } from './fetch.ts'
import { connectionOf, honoProgram } from './hono.ts'
import { nodeProgram } from './node-http.ts'

/** One way to mount a server. */
export interface Mount {
  readonly name: string
  /** Whether the server sees the octets of a body, so that its answers to malformed ones are its own. */
  readonly seesOctets: boolean
  /** Whether the program gets at the certificate of the connection. */
  readonly seesCertificates: boolean
  listener(server: AuthorizationServer): Promise<RequestListener>
}

const everything = { seesOctets: true, seesCertificates: true }

/** All of them. */
export const mounts: readonly Mount[] = [
  { ...everything, name: 'node:http', listener: async (server) => nodeProgram(server) },
  { ...everything, name: 'Express', listener: async (server) => expressProgram(server) },
  {
    ...{ name: 'Express behind body parsers', seesOctets: false, seesCertificates: true },
    listener: async (server) => expressProgramWithParsersFirst(server),
  },
  {
    ...{ ...everything, name: 'Express below the path of the issuer' },
    listener: async (server) => expressProgramBelow(new URL(server.issuer).pathname, server),
  },
  { ...everything, name: 'Fastify', listener: fastifyListener },
  { ...everything, name: 'Hono', listener: async (server) => honoListener(server) },
  {
    ...{ ...everything, name: 'fetch with the connection of node:http' },
    listener: async (server) =>
      getRequestListener((request, { incoming }) => {
        const { pathname } = new URL(request.url)
        if (!server.handles(pathname)) return fetchProgram(server)(request)
        return server.fetch(request, connectionOf(incoming as HttpBindings['incoming']))
      }),
  },
  {
    ...{ name: 'fetch with an address', seesOctets: true, seesCertificates: false },
    listener: async (server) => {
      const program = fetchProgram(server)
      return getRequestListener((request, { incoming }) =>
        program(request, (incoming as HttpBindings['incoming']).socket.remoteAddress),
      )
    },
  },
]

async function fastifyListener(server: AuthorizationServer): Promise<RequestListener> {
  const app = fastifyProgram(server)
  await app.ready()
  return (request, response) => app.routing(request, response)
}

function honoListener(server: AuthorizationServer): RequestListener {
  return getRequestListener((request, bindings) => honoProgram(server).fetch(request, bindings))
}
