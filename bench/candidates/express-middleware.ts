/**
 * The middleware of express-oauth2-jwt-bearer alone, without Express around it; its keys come from a server in this
 * process, once.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AuthOptions, auth } from 'express-oauth2-jwt-bearer'
import { AUDIENCE, ISSUER, type SignedTokens } from './signed-tokens.ts'

/** A request as far as the middleware looks at it. */
export interface AskedRequest {
  /** Default `GET`. */
  readonly method?: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Judges a request; rejects for one that it does not admit. */
export async function expressMiddleware(
  { jwk, algorithm }: Pick<SignedTokens, 'jwk' | 'algorithm'>,
  more: Pick<AuthOptions, 'dpop'> = {},
): Promise<(request: AskedRequest) => Promise<boolean>> {
  const keys = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
  keys.unref()
  const jwksUri = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`
  const middleware = auth({
    ...{ issuer: ISSUER, audience: AUDIENCE, jwksUri, tokenSigningAlg: algorithm, strict: true },
    ...more,
  })
  type Given = Parameters<typeof middleware>
  return ({ headers, url, method = 'GET' }) => {
    const asked = {
      ...{ headers, url, originalUrl: url, method, protocol: 'https', query: {}, body: {} },
      ...{ host: headers.host, hostname: headers.host, is: () => false },
      get: (name: string) => headers[name.toLowerCase()],
    }
    return new Promise<boolean>((resolve, reject) => {
      middleware(asked as unknown as Given[0], {} as Given[1], (error?: unknown) => {
        if (error === undefined) resolve(true)
        else reject(error)
      })
    })
  }
}
