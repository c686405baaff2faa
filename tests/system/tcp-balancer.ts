/**
 * A load balancer for TCP as small as one can be: connections go in turn to those nodes whose readiness answers 200,
 * and to the next one when a node does not take them. It knows nothing of HTTP, so that requests on open connections
 * stay with their node.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

/** A node to send connections to. */
export interface Backend {
  readonly origin: string
  readonly adminOrigin: string | null
}

/** A running balancer. It ends with the test. */
export interface Balancer {
  readonly origin: string
  /** Sends connections to these nodes from now on, as far as they are ready. */
  use(backends: readonly Backend[]): void
  /** Those that connections go to now. */
  readonly ready: readonly Backend[]
}

const healthCheckMs = 50

/** Starts it, without nodes. */
export async function startBalancer(test: TestContext): Promise<Balancer> {
  let backends: readonly Backend[] = []
  let ready: readonly Backend[] = []
  let turn = 0
  let isRunning = true
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    keep(incoming)
    turn += 1
    // All of them, starting with the one whose turn it is.
    connectTo([...ready.slice(turn % ready.length), ...ready.slice(0, turn % ready.length)])
    function connectTo([backend, ...others]: readonly Backend[]): void {
      if (backend === undefined) return void incoming.destroy()
      const { hostname, port } = new URL(backend.origin)
      const outgoing = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
      keep(outgoing)
      outgoing.once('error', () => connectTo(others))
      outgoing.once('connect', () => {
        outgoing.removeAllListeners('error').on('error', () => incoming.destroy())
        incoming.on('error', () => outgoing.destroy())
        incoming.pipe(outgoing)
        outgoing.pipe(incoming)
      })
    }
  })
  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  async function watch(): Promise<void> {
    while (isRunning) {
      const looked = backends
      const answers = await Promise.all(looked.map(isReady))
      if (looked === backends) ready = looked.filter((_, at) => answers[at])
      await delay(healthCheckMs)
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const watching = watch()
  test.after(async () => {
    isRunning = false
    await watching
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use(these) {
      backends = these
    },
    get ready() {
      return ready
    },
  }
}

async function isReady({ adminOrigin }: Backend): Promise<boolean> {
  try {
    const answer = await fetch(`${adminOrigin}/health/ready`, {
      signal: AbortSignal.timeout(1_000),
    })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}
