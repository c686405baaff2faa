/**
 * Calls of `@grpc/grpc-js`, with a token (requirement C14).
 *
 * ```ts
 * import { authorizeGrpc } from '@mintmark/client/grpc'
 *
 * const { callCredentials, interceptor } = authorizeGrpc(client, { url: 'https://orders.example:8443' })
 * const channel = credentials.combineChannelCredentials(credentials.createSsl(), callCredentials)
 * const orders = new OrdersClient('orders.example:8443', channel, { interceptors: [interceptor] })
 * ```
 *
 * The credentials attach the token, the interceptor looks at what came of it. The two have to know of the same call,
 * and gRPC gives them one object in common: the parameters of the metadata generators. So the interceptor adds a
 * generator to each call, which runs before that of the channel and notes whose parameters they are.
 */
import {
  type CallCredentials,
  credentials,
  InterceptingCall,
  type Interceptor,
  type InterceptorOptions,
  Metadata,
  status as statusCodes,
} from '@grpc/grpc-js'
import { absoluteUrl } from '../request-authorizer.ts'
import { TokenAcquisitionError } from '../token-acquisition-error.ts'
import type { TokenClient } from '../token-client.ts'
import { GrpcCall } from './grpc/grpc-call.ts'
import { withCause } from './grpc/held-answer.ts'
import { repeatableCall, type SendCall } from './grpc/repeatable-call.ts'

/** How to authorize. */
export interface GrpcOptions {
  /**
   * The URL of the server, as `allowedOrigins` has it. gRPC tells the host of a call but not its port; calls to another
   * host than that of this URL get no token. Default: what gRPC says, which is `https`, the host and the service.
   */
  readonly url?: string
}

/** What to give to a channel and to a client. */
export interface GrpcAuthorization {
  /** For `credentials.combineChannelCredentials`. Works without the interceptor, too. */
  readonly callCredentials: CallCredentials
  /** For the option `interceptors`. Needs the credentials in the same channel. */
  readonly interceptor: Interceptor
}

/**
 * Makes the call credentials and the interceptor that authorize calls.
 *
 * The credentials attach the token to every call. With the interceptor, `UNAUTHENTICATED` retires a token that is no
 * longer good, and a unary call is repeated with the next one, once; a stream is not. What the server says in
 * `www-authenticate`, if it does, decides as in HTTP.
 *
 * A call without a token fails with `UNAVAILABLE` where another attempt makes sense, else with `UNAUTHENTICATED`; with
 * the interceptor, `cause` of its error is the `TokenAcquisitionError`. Nothing is sent then. The call's deadline and
 * its cancellation end the wait.
 *
 * Give the credentials to a channel, never to a single call: gRPC refuses to combine them with an insecure channel, and
 * does not look when they come with a call. Not for tokens that are bound by DPoP.
 *
 * @throws TypeError for a `url` that is not absolute.
 */
export function authorizeGrpc(
  client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
  { url }: GrpcOptions = {},
): GrpcAuthorization {
  const calls = new WeakMap<object, GrpcCall>()
  const service = url === undefined ? undefined : absoluteUrl(url)
  const callCredentials = credentials.createFromMetadataGenerator((parameters, callback) => {
    const call = calls.get(parameters) ?? new GrpcCall(client, true)
    call
      .authorize(() => urlOf(parameters.service_url, service))
      .then(
        (authorization) => callback(null, metadataOf({ authorization })),
        (error: unknown) => callback(callErrorOf(error)),
      )
  })
  const noting = (options: InterceptorOptions, call: GrpcCall): InterceptorOptions => {
    const note = credentials.createFromMetadataGenerator((parameters, callback) => {
      calls.set(parameters, call)
      callback(null, metadataOf({}))
    })
    return { ...options, credentials: options.credentials?.compose(note) ?? note }
  }
  const interceptor: Interceptor = (options, nextCall) => {
    const { requestStream, responseStream } = options.method_definition
    const send: SendCall = (call) => nextCall(noting(options, call))
    if (!requestStream && !responseStream) {
      const { call, requester } = repeatableCall(client, send)
      return new InterceptingCall(call, requester)
    }
    const call = new GrpcCall(client, false)
    return new InterceptingCall(send(call), {
      start: (metadata, _listener, next) =>
        next(metadata, {
          onReceiveStatus: (status, nextStatus) => {
            void call.ended(status)
            nextStatus(withCause(status, call.failure))
          },
        }),
    })
  }
  return { callCredentials, interceptor }
}

/** The URL of a call: what gRPC says, with the port that it leaves out. */
function urlOf(serviceUrl: string, service: URL | undefined): string {
  if (service === undefined) return serviceUrl
  const host = service.hostname.replace(/^\[|\]$/g, '')
  if (serviceUrl.startsWith(`https://${host}/`)) return service.href
  throw new TokenAcquisitionError({ code: 'origin_not_allowed' })
}

function metadataOf(fields: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(fields)) metadata.set(name, value)
  return metadata
}

/** An error whose code gRPC takes for the status of the call. */
function callErrorOf(error: unknown): Error {
  const isPassing = error instanceof TokenAcquisitionError && PASSING.has(error.kind)
  const code = isPassing ? statusCodes.UNAVAILABLE : statusCodes.UNAUTHENTICATED
  const { message } = error instanceof Error ? error : new Error('no token')
  return Object.assign(new Error(message), { code })
}

const PASSING: ReadonlySet<string> = new Set(['transient', 'throttled', 'overloaded'])
