/** A TCP proxy on the loopback interface that passes everything on, as late as it is told. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy in front of one port. */
export interface SlowProxy {
  readonly port: number
  /** How much later the answers of the server arrive, from now on. */
  delayMs: number
  close(): Promise<void>
}

/** Starts a proxy without any delay. */
export async function startSlowProxy(targetPort: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1')
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        target.destroy()
      })
    }
    client.pipe(target)
    target.on('data', (chunk) => {
      // A timer for every chunk keeps their order: those of equal length run in the order in which they were set.
      if (proxy.delayMs === 0) client.write(chunk)
      else setTimeout(() => client.write(chunk), proxy.delayMs)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: SlowProxy = {
    port: (server.address() as AddressInfo).port,
    delayMs: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
