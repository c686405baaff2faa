/** Binding a server of `node:http` to an address, with what can go wrong there as an error that says what to do. */
import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import { systemCodeOf } from './system-code.ts'

/** The port cannot be had. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code: 'port_in_use' | 'permission_denied' | 'address_unavailable'
  readonly host: string
  readonly port: number

  constructor(code: ListenError['code'], host: string, port: number) {
    super(`${explanations[code]}: ${host} port ${port}`)
    this.code = code
    this.host = host
    this.port = port
  }
}

const explanations = {
  port_in_use: 'another program listens there already; choose another port or stop it',
  permission_denied: 'this account may not listen there; choose a port from 1024 up',
  address_unavailable: 'this machine has no such address; choose one of its own',
} as const

/** Where to bind. */
export interface BindAddress {
  /** Address or name, such as `127.0.0.1` or `0.0.0.0`. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

/**
 * Makes `http` listen. Resolves with `http://host:port` as bound, or `https`; rejects with {@link ListenError}.
 */
export function bindServer(http: Server, { host, port }: BindAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => reject(listenError(error, host, port)))
    http.listen(port, host, () => resolve(originOf(http, host)))
  })
}

function listenError(error: Error, host: string, port: number): ListenError {
  const code = systemCodeOf(error)
  if (code === 'EADDRINUSE') return new ListenError('port_in_use', host, port)
  if (code === 'EACCES') return new ListenError('permission_denied', host, port)
  return new ListenError('address_unavailable', host, port)
}

function originOf(http: Server, host: string): string {
  const address = http.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const scheme = http instanceof TlsServer ? 'https' : 'http'
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
