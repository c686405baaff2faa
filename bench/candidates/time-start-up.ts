/** The process that loads a library and makes one client of it. */
import type * as Client from '@mintmark/client'

const MODULES = new Map<string, () => Promise<unknown>>([
  ['@mintmark/client', ours],
  ['simple-oauth2', () => import('simple-oauth2')],
  ['@badgateway/oauth2-client', () => import('@badgateway/oauth2-client')],
  ['openid-client', () => import('openid-client')],
  ['google-auth-library', () => import('google-auth-library')],
  ['@azure/core-rest-pipeline', () => import('@azure/core-rest-pipeline')],
  ['@azure/msal-node', () => import('@azure/msal-node')],
])

async function ours(): Promise<Client.TokenClient> {
  const { createTokenClient } = await import('@mintmark/client')
  return createTokenClient({
    issuer: 'https://issuer.example',
    clientId: 'partner-a',
    clientSecret: 'a secret that is never sent',
  })
}

const load = MODULES.get(process.argv[2] ?? '')
if (load === undefined) throw new Error('there is no such library')
const startedAt = performance.now()
await load()
process.stdout.write(`${JSON.stringify({ startUpMs: performance.now() - startedAt })}\n`)
