/** One keep-alive connection of a load generator, over `node:net` with one buffer that is read into again and again. */
import { connect, type Socket } from 'node:net'
import { type ReadResponse, ResponseReader } from './response-reader.ts'

const READ_BUFFER_BYTES = 65_536

/** What a connection asks of its generator. */
export interface LoadDriver {
  /** The bytes of the next request; `undefined` to send no more. */
  next(): Buffer | undefined
  answered(response: ReadResponse, latencyMs: number): void
  /** The connection broke, or what came over it was no response. */
  failed(error: Error): void
}

/** Connects and keeps one request on the way until the driver has no more. */
export function openLoadConnection(port: number, driver: LoadDriver): Socket {
  const reader = new ResponseReader()
  let sentAtMs = 0

  function send(): void {
    const request = driver.next()
    if (request === undefined) return
    sentAtMs = performance.now()
    socket.write(request)
  }

  function receive(length: number, buffer: Buffer): boolean {
    try {
      const response = reader.push(buffer.subarray(0, length))
      if (response !== undefined) {
        driver.answered(response, performance.now() - sentAtMs)
        send()
      }
    } catch (error) {
      driver.failed(error as Error)
    }
    return true
  }

  const socket = connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
      callback: (length, buffer) => receive(length, buffer as Buffer),
    },
  })
  socket.on('connect', send)
  socket.on('error', (error) => driver.failed(error))
  socket.on('close', () => driver.failed(new Error('the server closed a connection')))
  return socket
}
