/** The interceptor under the contract of all adapters, with a real `Pool` and `Agent`. */
import { Readable } from 'node:stream'
import type { TokenClient } from '@mintmark/client'
import { authorizeInterceptor } from '@mintmark/client/undici'
import { Agent, type Dispatcher, interceptors, Pool } from 'undici'
import { type Call, type Caller, contractSuite } from './adapter-contract.ts'

function callerOf(dispatcher: Dispatcher, composed: Dispatcher): Caller {
  const request = ({ url, method = 'GET', headers, body, isStreamed, signal }: Call) => {
    const { origin, pathname, search } = new URL(url)
    return composed.request({
      ...{ origin, path: pathname + search, method, headers: headers ?? null },
      body: isStreamed === true ? Readable.from([Buffer.from(body ?? '')]) : (body ?? null),
      ...(signal !== undefined && { signal }),
    })
  }
  return {
    send: async (call) => {
      const { statusCode, body } = await request(call)
      return { status: statusCode, body: Buffer.from(await body.arrayBuffer()) }
    },
    sendPlainly: async (call) => {
      const received = await request(call)
      await received.body.text()
      return received
    },
    close: () => dispatcher.destroy(),
  }
}

function openAgent(client: TokenClient): Caller {
  const agent = new Agent({ connections: 1 })
  const redirect = interceptors.redirect({ maxRedirections: 3 })
  return callerOf(agent, agent.compose(redirect, authorizeInterceptor(client)))
}

function openPool(client: TokenClient, api: string): Caller {
  const pool = new Pool(api, { connections: 1 })
  return callerOf(pool, pool.compose(authorizeInterceptor(client)))
}

contractSuite({ name: 'undici agent that follows redirects', open: openAgent })
contractSuite({ name: 'undici pool', open: openPool, followsRedirects: false })
