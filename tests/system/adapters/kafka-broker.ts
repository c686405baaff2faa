/**
 * As much of a Kafka broker as it takes to authenticate a client by OAUTHBEARER and to tell it of the cluster: the wire
 * protocol over TCP, with the requests ApiVersions, Metadata, SaslHandshake and SaslAuthenticate (KIP-152, KIP-255).
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What the broker does with an initial client response of SASL. */
export interface KafkaBrokerOptions {
  /** Gives what is wrong with it; `undefined` lets the client in. */
  readonly judge?: (initialResponse: string) => string | undefined
  /** After which time the client is to authenticate again, in milliseconds. Default 0: never (KIP-368). */
  readonly sessionLifetimeMs?: number
}

/** A listening broker. */
export interface KafkaBroker {
  readonly address: string
  /** The initial client responses, in the order of their arrival. */
  readonly initialResponses: readonly string[]
  close(): Promise<void>
}

const METADATA = 3
const SASL_HANDSHAKE = 17
const API_VERSIONS = 18
const SASL_AUTHENTICATE = 36
const SASL_AUTHENTICATION_FAILED = 58

/** The highest version of each request that is understood. */
const versions = new Map([
  [METADATA, 0],
  [SASL_HANDSHAKE, 1],
  [API_VERSIONS, 2],
  [SASL_AUTHENTICATE, 1],
])

/** Starts it on a free port of loopback. */
export async function startKafkaBroker({
  judge = () => undefined,
  sessionLifetimeMs = 0,
}: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const initialResponses: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    serve(socket).catch(() => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const serve = async (socket: Socket): Promise<void> => {
    for await (const frame of framesOf(socket)) {
      const correlation = frame.subarray(4, 8)
      const payload = frame.subarray(10 + frame.readInt16BE(8))
      const answer = Buffer.concat([correlation, answerTo(frame.readInt16BE(0), payload)])
      socket.write(Buffer.concat([int32(answer.length), answer]))
    }
  }
  const answerTo = (request: number, payload: Buffer): Buffer => {
    if (request === API_VERSIONS) return apiVersions()
    if (request === SASL_HANDSHAKE) return Buffer.concat([int16(0), int32(1), text('OAUTHBEARER')])
    if (request === METADATA) return Buffer.concat([int32(1), brokerEntry(port), int32(0)])
    const initialResponse = String(payload.subarray(4))
    initialResponses.push(initialResponse)
    return authenticated(judge(initialResponse), sessionLifetimeMs)
  }
  return {
    address: `127.0.0.1:${port}`,
    initialResponses,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function* framesOf(socket: Socket): AsyncGenerator<Buffer> {
  let received = Buffer.alloc(0)
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const end = 4 + received.readInt32BE(0)
      yield received.subarray(4, end)
      received = received.subarray(end)
    }
  }
}

function apiVersions(): Buffer {
  const entries = [...versions].map(([request, highest]) =>
    Buffer.concat([int16(request), int16(0), int16(highest)]),
  )
  return Buffer.concat([int16(0), int32(entries.length), ...entries, int32(0)])
}

function brokerEntry(port: number): Buffer {
  return Buffer.concat([int32(0), text('127.0.0.1'), int32(port)])
}

function authenticated(objection: string | undefined, sessionLifetimeMs: number): Buffer {
  const lifetime = Buffer.alloc(8)
  lifetime.writeBigInt64BE(BigInt(sessionLifetimeMs))
  const verdict =
    objection === undefined
      ? [int16(0), int16(-1)]
      : [int16(SASL_AUTHENTICATION_FAILED), text(objection)]
  return Buffer.concat([...verdict, int32(0), lifetime])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)])
}
