/**
 * The sockets of one database. A server that has stopped answering does not answer a good-bye either, and the driver
 * waits for that without end; so whoever closes can cut what is still open.
 */
import { Socket } from 'node:net'

/** Every socket that is not closed yet. */
export class PostgresSockets {
  readonly #open = new Set<Socket>()

  /** Makes one, for the driver's option `stream`. */
  readonly make = (): Socket => {
    const socket = new Socket()
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** Cuts all of them. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy()
  }
}
