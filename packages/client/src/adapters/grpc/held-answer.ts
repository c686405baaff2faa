/** The answer to a unary call, kept until it is decided whether the caller gets it. */
import type { InterceptingListener, Metadata, StatusObject } from '@grpc/grpc-js'

/** See the file. */
export class HeldAnswer {
  #metadata: Metadata | undefined
  #message: { readonly value: unknown } | undefined
  #status: StatusObject | undefined

  /** A listener that fills it, and tells of the status when everything is there. */
  listener(onStatus: (status: StatusObject) => void): InterceptingListener {
    return {
      onReceiveMetadata: (metadata: Metadata) => {
        this.#metadata = metadata
      },
      onReceiveMessage: (value: unknown) => {
        this.#message = { value }
      },
      onReceiveStatus: (status: StatusObject) => {
        this.#status = status
        onStatus(status)
      },
    }
  }

  /**
   * Hands it to `listener`.
   *
   * @param cause - Goes along with the status, and from there into the error that gRPC makes of it.
   */
  deliver(listener: InterceptingListener, cause: unknown): void {
    if (this.#metadata !== undefined) listener.onReceiveMetadata(this.#metadata)
    if (this.#message !== undefined) listener.onReceiveMessage(this.#message.value)
    if (this.#status !== undefined) listener.onReceiveStatus(withCause(this.#status, cause))
  }
}

/** A status with the reason for it, if there is one on this side. */
export function withCause(status: StatusObject, cause: unknown): StatusObject {
  return cause === undefined ? status : Object.assign(status, { cause })
}
