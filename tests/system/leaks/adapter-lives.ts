/**
 * Calls through other people's HTTP libraries that end badly: their errors hold the request, and with it whatever an
 * adapter put there.
 */
import type { TokenClient } from '@mintmark/client'
import { authorizeAxios } from '@mintmark/client/axios'
import { authorizeGot } from '@mintmark/client/got'
import { authorizeKy } from '@mintmark/client/ky'
import { mcpAuthProvider } from '@mintmark/client/mcp'
import { authorizeInterceptor } from '@mintmark/client/undici'
import axios from 'axios'
import got from 'got'
import ky from 'ky'
import { type Dispatcher, interceptors, Pool } from 'undici'
import { Client, StreamableHTTPClientTransport } from '../adapters/mcp-sdk.ts'
import type { LeakWorld } from './whole-lives.ts'

/** Sends a request with a body to `url`; whatever it rejects with is printed. */
type Send = (client: TokenClient, url: URL) => Promise<unknown>

const body = 'an order'

const libraries: Readonly<Record<string, Send>> = {
  fetch: async (client, url) => {
    const { status } = await client.fetch(url, { method: 'POST', body })
    return status
  },
  undici: (client, url) => undiciRequest(client, url, []),
  'undici-throwing': (client, url) => undiciRequest(client, url, [interceptors.responseError()]),
  axios: async (client, url) => {
    const api = authorizeAxios(axios.create(), client)
    return (await api.post(url.href, body)).status
  },
  got: async (client, url) => {
    const api = got.extend({ retry: { limit: 0 } }, authorizeGot(client))
    return (await api.post(url, { body })).statusCode
  },
  ky: async (client, url) => {
    const api = ky.extend({ retry: 0, ...authorizeKy(client) })
    return (await api.post(url, { body })).status
  },
  mcp: async (client, url) => {
    const authProvider = mcpAuthProvider(client, { url })
    const transport = new StreamableHTTPClientTransport(url, { authProvider })
    return await new Client({ name: 'leak-test', version: '1' }).connect(transport)
  },
}

async function undiciRequest(
  client: TokenClient,
  url: URL,
  more: readonly Dispatcher.DispatcherComposeInterceptor[],
): Promise<unknown> {
  const pool = new Pool(url.origin)
  try {
    const dispatcher = pool.compose(authorizeInterceptor(client), ...more)
    const { statusCode } = await dispatcher.request({ method: 'POST', path: url.pathname, body })
    return statusCode
  } finally {
    await pool.destroy()
  }
}

/** A server that fails, one that hangs up, one that is not there, and one that may not have the token. */
function failingUrls(origin: string): readonly URL[] {
  const urls = [`${origin}/api/broken`, `${origin}/api/hanging-up`, 'http://127.0.0.1:9/orders']
  return urls.map((url) => new URL(url))
}

/** Every library against every failure. What it fails with is the library's own. */
export async function adapterLife({ origin, clientOf, printForeign }: LeakWorld): Promise<void> {
  for (const [name, send] of Object.entries(libraries)) {
    for (const url of failingUrls(origin)) {
      const tokenEndpoint = `${origin}/token/good/${name}`
      const client = clientOf({ tokenEndpoint, allowedOrigins: [url.origin] })
      printForeign(await send(client, url).catch((error: unknown) => error))
      const elsewhere = clientOf({ tokenEndpoint, allowedOrigins: ['https://elsewhere.example'] })
      printForeign(await send(elsewhere, url).catch((error: unknown) => error))
      await Promise.all([client.dispose(), elsewhere.dispose()])
    }
  }
}
