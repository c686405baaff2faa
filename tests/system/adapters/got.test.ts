/** The got adapter under the contract of all adapters. */
import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import type { TokenClient } from '@mintmark/client'
import { authorizeGot } from '@mintmark/client/got'
import got, { type Method, type OptionsOfBufferResponseBody } from 'got'
import { type Call, type Caller, contractSuite } from './adapter-contract.ts'

function open(client: TokenClient): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const instance = got.extend({ agent: { http: agent }, retry: { limit: 0 } }, authorizeGot(client))
  const optionsOf = ({ method = 'GET', headers, body, isStreamed, signal }: Call) =>
    ({
      ...{ method: method as Method, headers: { ...headers }, responseType: 'buffer' },
      ...(body !== undefined && {
        body: isStreamed === true ? Readable.from([Buffer.from(body)]) : body,
      }),
      ...(signal !== undefined && { signal }),
    }) satisfies OptionsOfBufferResponseBody
  return {
    send: async (call) => {
      const { statusCode, body } = await instance(call.url, {
        ...optionsOf(call),
        throwHttpErrors: false,
      })
      return { status: statusCode, body: Buffer.from(body) }
    },
    sendPlainly: (call) => instance(call.url, optionsOf(call)),
    close: async () => agent.destroy(),
  }
}

contractSuite({ name: 'got', open })
