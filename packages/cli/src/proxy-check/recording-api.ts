/** An API that says 200 to everything and remembers what reached it: the place where a proxy sends what it admits. */
import { createServer } from 'node:http'
import { bindServer } from '@mintmark/authorization-server'
import { reachedRequestsMax } from '../limits.ts'
import type { RawMessage } from './raw-exchange.ts'

/** A request that the proxy passed on. */
export interface ReachedRequest extends RawMessage {
  readonly method: string
  readonly target: string
}

/** A running API. */
export interface RecordingApi {
  readonly origin: string
  /** What reached it since it was asked last. */
  take(): readonly ReachedRequest[]
  close(): Promise<void>
}

/** Listens. Rejects with `ListenError` when the port cannot be had. */
export async function startRecordingApi(address: {
  readonly host: string
  readonly port: number
}): Promise<RecordingApi> {
  let reached: ReachedRequest[] = []
  const http = createServer((request, response) => {
    const { method = '', url = '', rawHeaders } = request
    if (reached.length < reachedRequestsMax) {
      reached.push({ method, target: url, fields: pairsOf(rawHeaders) })
    }
    request.resume()
    request.on('end', () => response.end('reached\n'))
  })
  const origin = await bindServer(http, address)
  return {
    origin,
    take() {
      const taken = reached
      reached = []
      return taken
    },
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

function pairsOf(rawHeaders: readonly string[]): RawMessage['fields'] {
  const pairs: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    pairs.push([(rawHeaders[at] as string).toLowerCase(), rawHeaders[at + 1] as string])
  }
  return pairs
}
