/** One request over a connection of its own, for the time to a server's first answer. */
import { connect } from 'node:net'
import { type ReadResponse, ResponseReader } from './response-reader.ts'

/** Sends `request` and resolves with the response. Rejects when the connection fails or ends early. */
export function firstAnswer(port: number, request: string): Promise<ReadResponse> {
  return new Promise((resolve, reject) => {
    const reader = new ResponseReader()
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => {
      socket.write(request, 'latin1')
    })
    socket.on('data', (chunk: Buffer) => {
      const response = reader.push(chunk)
      if (response === undefined) return
      resolve(response)
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection ended without a response')))
  })
}
