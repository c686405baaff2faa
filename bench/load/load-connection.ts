/** One keep-alive connection of a load generator, over `node:net` with one buffer that is read into again and again. */
import { connect } from 'node:net'
import { type ReadResponse, ResponseReader } from './response-reader.ts'

const READ_BUFFER_BYTES = 65_536

/** What a connection tells its generator. */
export interface LoadDriver {
  /** The connection has nothing to do: it was just made, or its request has been answered. */
  idle(connection: LoadConnection): void
  answered(response: ReadResponse, latencyMs: number): void
  /** The connection broke, or what came over it was no response. */
  failed(error: Error): void
}

/** A connection with at most one request on the way. */
export interface LoadConnection {
  /** Sends a request whose latency counts from `sinceMs`. */
  send(request: Buffer, sinceMs: number): void
  destroy(): void
}

/** Connects, and tells the driver whenever it can send. */
export function openLoadConnection(port: number, driver: LoadDriver): LoadConnection {
  const reader = new ResponseReader()
  let countedFromMs = 0

  const connection: LoadConnection = {
    send(request, sinceMs) {
      countedFromMs = sinceMs
      socket.write(request)
    },
    destroy: () => void socket.destroy(),
  }

  function receive(length: number, buffer: Buffer): boolean {
    try {
      const response = reader.push(buffer.subarray(0, length))
      if (response !== undefined) {
        driver.answered(response, performance.now() - countedFromMs)
        driver.idle(connection)
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
  socket.on('connect', () => driver.idle(connection))
  socket.on('error', (error) => driver.failed(error))
  socket.on('close', () => driver.failed(new Error('the server closed a connection')))
  return connection
}
