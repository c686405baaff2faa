/** A gRPC server with TLS on loopback, defined by hand, and clients of it. */

import type { TestContext } from 'node:test'
import {
  type ChannelCredentials,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import type { TokenClient } from '@mintmark/client'
import { authorizeGrpc } from '@mintmark/client/grpc'
import { fixtureAuthority, serverCertificate } from '@mintmark/testkit'

const asIs = (bytes: Buffer): Buffer => bytes

function method(name: string, requestStream: boolean, responseStream: boolean) {
  return {
    ...{ path: `/library.Books/${name}`, requestStream, responseStream },
    ...{ requestSerialize: asIs, requestDeserialize: asIs },
    ...{ responseSerialize: asIs, responseDeserialize: asIs },
  }
}

const books = {
  lend: method('Lend', false, false),
  list: method('List', false, true),
} satisfies ServiceDefinition

/** What the server says to a call. `undefined` serves it. */
export type Refusal = { readonly code: number; readonly challenge?: string } | undefined

/** What a call may come with. */
export interface CallOptions {
  readonly deadline?: number
}

interface Call {
  cancel(): void
}

interface BooksClient {
  lend(
    message: Buffer,
    options: CallOptions,
    callback: (error: ServiceError | null, message?: Buffer) => void,
  ): Call
  list(message: Buffer): AsyncIterable<Buffer>
  close(): void
}

const Books = makeGenericClientConstructor(books, 'Books')

/** The server, and what came of the calls that arrived there. */
export interface GrpcServer {
  readonly address: string
  /** The `authorization` of each call, in the order of their arrival. */
  readonly arrivals: readonly string[]
  connect(client: TokenClient, options?: GrpcConnectOptions): BooksClient
}

/** How to connect. */
export interface GrpcConnectOptions {
  /** What the URL of the server is for the client. Default: what gRPC says. */
  readonly url?: string
  /** Default `true`. */
  readonly withInterceptor?: boolean
}

/** Starts a server; it ends with the test. `judge` gives what is wrong with a call that carried `authorization`. */
export async function startGrpcServer(
  t: TestContext,
  judge: (authorization: string) => Refusal = () => undefined,
): Promise<GrpcServer> {
  const arrivals: string[] = []
  const refusalOf = (metadata: Metadata) => {
    const authorization = metadata.get('authorization').join(', ')
    arrivals.push(authorization)
    const refusal = judge(authorization)
    if (refusal === undefined) return undefined
    const trailers = new Metadata()
    if (refusal.challenge !== undefined) trailers.set('www-authenticate', refusal.challenge)
    return { code: refusal.code, details: 'refused by the server', metadata: trailers }
  }
  const server = new Server()
  const implementation = {
    lend: (call: Received, callback: (error: unknown, message?: Buffer) => void) =>
      callback(refusalOf(call.metadata), call.request),
    list: (call: Received) => {
      const refusal = refusalOf(call.metadata)
      if (refusal !== undefined) return call.emit('error', refusal)
      call.write(call.request)
      return call.end()
    },
  }
  server.addService(books, implementation as unknown as UntypedServiceImplementation)
  // Not the address itself: it is no server name for TLS.
  const address = `localhost:${await bind(server)}`
  t.after(() => server.forceShutdown())
  return {
    address,
    arrivals,
    connect: (client, { withInterceptor = true, ...options } = {}) => {
      const { callCredentials, interceptor } = authorizeGrpc(client, options)
      const channel = credentials.combineChannelCredentials(trusted(), callCredentials)
      const connected = new Books(
        address,
        channel,
        withInterceptor ? { interceptors: [interceptor] } : {},
      )
      t.after(() => connected.close())
      return connected as unknown as BooksClient
    },
  }
}

interface Received {
  readonly request: Buffer
  readonly metadata: Metadata
  emit(event: 'error', refusal: unknown): boolean
  write(message: Buffer): boolean
  end(): void
}

function trusted(): ChannelCredentials {
  return credentials.createSsl(Buffer.from(fixtureAuthority))
}

function bind(server: Server): Promise<number> {
  const { cert, key } = serverCertificate
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }
  return new Promise((resolve, fail) => {
    const secure = ServerCredentials.createSsl(null, [pair])
    server.bindAsync('127.0.0.1:0', secure, (error, port) => (error ? fail(error) : resolve(port)))
  })
}

/** Makes a unary call. Rejects with the error of gRPC. */
export function lend(
  client: BooksClient,
  title: string,
  options: CallOptions = {},
): Promise<string> {
  return new Promise((resolve, fail) => {
    client.lend(Buffer.from(title), options, (error, message) =>
      error ? fail(error) : resolve(String(message)),
    )
  })
}

/** Makes a call that is answered by a stream, and reads it. */
export async function list(client: BooksClient, title: string): Promise<readonly string[]> {
  const answers: string[] = []
  for await (const message of client.list(Buffer.from(title))) answers.push(String(message))
  return answers
}
