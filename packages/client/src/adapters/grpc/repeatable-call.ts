/**
 * A unary call that is made again when its token is refused and there is a better one.
 *
 * The second call is made at once and waits for its token itself: so the caller's deadline and cancellation end that
 * wait as they end any call. If there is no better token it ends unsent, and the first answer is the caller's.
 */
import type {
  InterceptingListener,
  Metadata,
  NextCall,
  Requester,
  StatusObject,
} from '@grpc/grpc-js'
import type { TokenClient } from '../../token-client.ts'
import { GrpcCall } from './grpc-call.ts'
import { HeldAnswer } from './held-answer.ts'

/** Makes the native call for a sending. */
export type SendCall = (call: GrpcCall) => NativeCall

type NativeCall = ReturnType<NextCall>

/** What to make an intercepting call of. */
export interface RepeatableCall {
  readonly call: NativeCall
  readonly requester: Requester
}

/** Makes a unary call. */
export function repeatableCall(
  client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
  send: SendCall,
): RepeatableCall {
  const first = new GrpcCall(client, true)
  const held = new HeldAnswer()
  let message: unknown
  let second: NativeCall | undefined

  const repeat = (call: GrpcCall, metadata: Metadata, listener: InterceptingListener): void => {
    const answer = new HeldAnswer()
    second = send(call)
    const onStatus = (status: StatusObject): void => {
      void call.ended(status)
      if (!call.isAuthorized) first.abandon()
      const isSent = call.isAuthorized || isEndedByCaller(status)
      if (isSent) answer.deliver(listener, undefined)
      else held.deliver(listener, undefined)
    }
    second.start(metadata, answer.listener(onStatus))
    second.sendMessage(message)
    second.halfClose()
  }
  const requester: Requester = {
    start: (metadata, given, next) => {
      const listener = given as InterceptingListener
      const copy = metadata.clone()
      const onStatus = (status: StatusObject): void => {
        const prepared = first.ended(status)
        if (prepared === undefined) held.deliver(listener, first.failure)
        else repeat(new GrpcCall(client, true, prepared), copy, listener)
      }
      next(metadata, held.listener(onStatus))
    },
    sendMessage: (given, next) => {
      message = given
      next(given)
    },
    cancel: (next) => {
      second?.cancelWithStatus(CANCELLED, 'Cancelled on client')
      next()
    },
  }
  return { call: send(first), requester }
}

const CANCELLED = 1
const DEADLINE_EXCEEDED = 4

/** By its deadline or by cancelling. */
function isEndedByCaller({ code }: StatusObject): boolean {
  return code === CANCELLED || code === DEADLINE_EXCEEDED
}
