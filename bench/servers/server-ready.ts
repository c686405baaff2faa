/** What a server process of this folder tells its parent once it listens. */
import type { AddressInfo, Server } from 'node:net'

/** The first and only line that a server prints. */
export interface ServerReady {
  readonly port: number
  /** The issuer identifier of its tokens; empty for a server that issues none. */
  readonly issuer: string
  readonly tokenPath: string
  readonly jwksPath: string
}

/** Prints that line. */
export function announce(ready: ServerReady): void {
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

/** Binds any free port of the loopback address. */
export function listenAnywhere(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** The JSON argument that the parent started this process with. */
export function serverArgument<Plan>(): Plan {
  return JSON.parse(process.argv[2] ?? '{}') as Plan
}
