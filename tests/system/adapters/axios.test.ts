/** The axios adapter under the contract of all adapters, with both adapters of axios, and without any code of ours. */
import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import type { TokenClient } from '@mintmark/client'
import { authorizeAxios } from '@mintmark/client/axios'
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios'
import { type Call, type Caller, contractSuite } from './adapter-contract.ts'

type MakeStream = (body: Buffer) => unknown

function callerOf(instance: AxiosInstance, makeStream: MakeStream): Caller {
  const configOf = ({ url, method = 'GET', headers, body, isStreamed, signal }: Call) =>
    ({
      ...{ url, method, headers: { ...headers } },
      data: isStreamed === true ? makeStream(Buffer.from(body ?? '')) : body,
      ...(signal !== undefined && { signal }),
    }) satisfies AxiosRequestConfig
  const send: Caller['send'] = async (call) => {
    const config = { ...configOf(call), responseType: 'arraybuffer', validateStatus: null } as const
    const { status, data } = await instance.request(config)
    return { status, body: Buffer.from(data) }
  }
  return { send, sendPlainly: (call) => instance.request(configOf(call)) }
}

const nodeStream: MakeStream = (body) => Readable.from([body])

const webStream: MakeStream = (body) =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(body)
      controller.close()
    },
  })

function openHttp(client: TokenClient): Caller {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 })
  const instance = axios.create({ adapter: 'http', httpAgent })
  const close = async (): Promise<void> => httpAgent.destroy()
  return { ...callerOf(authorizeAxios(instance, client), nodeStream), close }
}

function openFetch(client: TokenClient): Caller {
  return callerOf(authorizeAxios(axios.create({ adapter: 'fetch' }), client), webStream)
}

contractSuite({ name: 'axios over http', open: openHttp })
contractSuite({
  ...{ name: 'axios over fetch', open: openFetch },
  ...{ connectionsMax: 2, knowsAnsweredUrl: false },
})
