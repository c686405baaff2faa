/** A client of ours with a token that is bound to a key, and proofs for it as oauth4webapi makes them. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import * as oauth from 'oauth4webapi'

export const audience = 'https://api.example'
export const publicOrigin = 'https://public.example'
const insecure = { [oauth.allowInsecureRequests]: true }

/** A token and proofs for it, as oauth4webapi makes them for the public URL. */
export async function startCaller(context: TestContext) {
  const running = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:') }),
  })
  context.after(() => running.close())
  const { registry, issuer } = running.server
  await registry.createResource({ id: audience, scope: 'read' })
  const created = await registry.createClient({ id: 'bound', scope: 'read' })
  assert.ok(created.ok)
  const authentication = oauth.ClientSecretBasic(created.value.clientSecret?.reveal() ?? '')
  const server = { issuer, token_endpoint: `${issuer}/oauth/token` }
  const client: oauth.Client = { client_id: 'bound' }
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const answer = await oauth.clientCredentialsGrantRequest(
    ...([server, client, authentication, new URLSearchParams(), { DPoP, ...insecure }] as const),
  )
  const { access_token } = await oauth.processClientCredentialsResponse(server, client, answer)
  const sent = async (answer: Response): Promise<Headers> => {
    const fields: Headers[] = []
    const url = new URL(`${publicOrigin}/orders`)
    await oauth.protectedResourceRequest(access_token, 'GET', url, undefined, null, {
      DPoP,
      [oauth.customFetch]: async (_, { headers }) => {
        fields.push(new Headers(headers))
        return answer
      },
    })
    return fields[0] ?? new Headers()
  }
  /** The header fields of a new request to the public URL. @param nonce - That an answer has told. */
  const fields = async (nonce?: string): Promise<Record<string, string>> => {
    if (nonce !== undefined) await sent(new Response('', { headers: { 'dpop-nonce': nonce } }))
    return Object.fromEntries(await sent(new Response()))
  }
  return { issuer, fields }
}
