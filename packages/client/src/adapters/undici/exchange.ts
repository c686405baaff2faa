/** One request and all that is sent and answered for it, as its answers see it. */
import type { MaybePromise } from '@mintmark/jwt'
import type { Authorization, ResourceAnswer } from '../../request-authorizer.ts'
import type { DispatchController, DispatchListener } from './dispatch.ts'

/** Is itself the controller that the listener gets, whichever answer is coming in. */
export interface Exchange extends DispatchController {
  /** Who gets the answer. */
  readonly listener: DispatchListener
  /** Whether the listener was told of the end. */
  readonly isOver: boolean
  /** Sends the request with that authorization. Gives what the dispatcher gives. */
  send(authorization: Authorization): boolean
  /** The dispatcher began to send. */
  start(target: DispatchController, context: unknown): void
  /** What to do about an answer: see `TokenClient.reauthorize`. */
  judge(sent: Authorization, answer: ResourceAnswer): MaybePromise<Authorization | undefined>
  /** An answer is held back until it is decided whose it is. */
  hold(): void
  /** It is the listener's. */
  release(): void
  /** The listener was told of the end of an answer, and nothing comes after it. */
  end(): void
  /** Tells the listener of an error, unless it is over. */
  fail(error: Error): void
}
