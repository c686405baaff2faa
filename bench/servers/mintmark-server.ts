/** Our authorization server over a data folder that was filled before, as an embedding program would run it. */
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import { announce, serverArgument } from './server-ready.ts'

const { folder, tls, looksAtAllFailures } = serverArgument<{
  readonly folder: string
  /** For refusals of wrong secrets, of which only the first few would be looked at otherwise. */
  readonly looksAtAllFailures?: boolean
  /** Certificate files; without them there is no TLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
}>()

const { origin } = await listen({
  host: '127.0.0.1',
  port: 0,
  ...(tls !== undefined && { tls }),
  server: (issuer) =>
    createAuthorizationServer({
      ...{ issuer, storage: sqlite(folder) },
      ...(looksAtAllFailures === true && { limits: { failures: 'none' } }),
    }),
})

announce({
  port: Number(new URL(origin).port),
  issuer: origin,
  tokenPath: '/oauth/token',
  jwksPath: '/oauth/jwks',
})
