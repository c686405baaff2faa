/** The ky adapter under the contract of all adapters. */
import { ReadableStream } from 'node:stream/web'
import type { TokenClient } from '@mintmark/client'
import { authorizeKy } from '@mintmark/client/ky'
import ky, { type Options } from 'ky'
import { type Call, type Caller, contractSuite } from './adapter-contract.ts'

function open(client: TokenClient): Caller {
  const instance = ky.extend({ retry: 0, ...authorizeKy(client) })
  const optionsOf = ({ method = 'GET', headers, body, isStreamed, signal }: Call): Options => ({
    ...{ method, headers: { ...headers } },
    ...(body !== undefined && { body: (isStreamed === true ? streamOf(body) : body) as string }),
    ...(signal !== undefined && { signal }),
  })
  return {
    send: async (call) => {
      const response = await instance(call.url, { ...optionsOf(call), throwHttpErrors: false })
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) }
    },
    sendPlainly: async (call) => {
      const response = await instance(call.url, optionsOf(call))
      await response.clone().text()
      return response
    },
  }
}

function streamOf(body: string | Uint8Array): string {
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.from(body))
      controller.close()
    },
  })
  // Which streams are bodies, the types of the platform and those of ky do not agree on.
  return stream as never
}

// The platform gives up the connection of a body that nobody reads.
contractSuite({ name: 'ky', open, connectionsMax: 2 })
