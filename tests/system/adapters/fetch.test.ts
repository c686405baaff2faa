/** `client.fetch` under the contract of all adapters, alone and as the `fetch` of others. */
import { ReadableStream } from 'node:stream/web'
import type { TokenClient } from '@mintmark/client'
import { type Call, type Caller, contractSuite } from './adapter-contract.ts'

function open({ fetch }: TokenClient): Caller {
  const sendPlainly = ({ url, body, isStreamed, ...init }: Call): Promise<Response> => {
    const sent = isStreamed === true ? streamed(body) : { body: body ?? null }
    return fetch(url, { ...init, ...sent } as RequestInit)
  }
  return {
    sendPlainly: async (call) => {
      const response = await sendPlainly(call)
      await response.clone().text()
      return response
    },
    send: async (call) => {
      const response = await sendPlainly(call)
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) }
    },
  }
}

function streamed(body: Call['body']) {
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.from(body ?? ''))
      controller.close()
    },
  })
  return { body: stream, duplex: 'half' }
}

// The platform gives up the connection of a body that nobody reads.
contractSuite({ name: 'fetch', open, connectionsMax: 2 })
