/**
 * One exchange with the API behind: connection, request, head of the answer.
 *
 * A connection that was kept may have been closed by the API just before (RFC 9112 section 9.3.1). A request without a
 * body and with a method that may be repeated is then sent once more, over a new one.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as sendHttp } from 'node:http'
import { request as sendHttps, Agent as TlsAgent } from 'node:https'
import { upstreamConnectionsMax, upstreamHeaderBytesMax, upstreamIdleMs } from '../limits.ts'
import type { UpstreamFailure } from './proxy-refusal.ts'

/** The API behind. */
export interface Upstream {
  /** Host and port, as in `Host`. */
  readonly host: string
  /** Opens an exchange. The request is for the caller to write to and to end. */
  open(line: UpstreamLine): UpstreamExchange
  /** Closes the connections that nobody uses. */
  close(): void
}

/** Method, target and fields of a request. */
export interface UpstreamLine {
  readonly method: string
  readonly target: string
  /** Names and values in turn. */
  readonly fields: readonly string[]
  /** Whether it may be sent once more: nothing follows the head, and the method is safe to repeat. */
  readonly isRepeatable: boolean
}

/** An exchange under way. */
export interface UpstreamExchange {
  /** The request that is being sent. */
  readonly sending: ClientRequest
  /** The head of the answer, with its body to come; or why there is none. */
  readonly answer: Promise<IncomingMessage | UpstreamFailure>
  /** Ends the exchange at once. */
  cut(): void
}

/** @param origin - `http://host:port` or `https://`. */
export function createUpstream(origin: string): Upstream {
  const { protocol, hostname, port, host } = new URL(origin)
  const isTls = protocol === 'https:'
  const limits = {
    keepAlive: true,
    keepAliveMsecs: upstreamIdleMs,
    maxSockets: upstreamConnectionsMax,
    timeout: upstreamIdleMs,
  }
  const agent = isTls ? new TlsAgent(limits) : new Agent(limits)
  const send = ({ method, target, fields }: UpstreamLine, fresh: boolean): ClientRequest =>
    (isTls ? sendHttps : sendHttp)({
      // Brackets belong to the URL, not to the address.
      hostname: hostname.replace(/^\[|\]$/g, ''),
      ...(port !== '' && { port }),
      ...{ method, path: target, headers: [...fields], maxHeaderSize: upstreamHeaderBytesMax },
      agent: fresh ? false : agent,
      setHost: false,
    })
  return { host, open: (line) => openExchange(line, send), close: () => agent.destroy() }
}

type Send = (line: UpstreamLine, fresh: boolean) => ClientRequest

function openExchange(line: UpstreamLine, send: Send): UpstreamExchange {
  let sending = send(line, false)
  const answer = answerTo(sending).then((first) => {
    if (first !== 'stale_connection') return first
    if (!line.isRepeatable) return 'upstream_failed'
    sending = send(line, true)
    sending.end()
    return answerTo(sending).then((second) =>
      second === 'stale_connection' ? 'upstream_failed' : second,
    )
  })
  return { sending, answer, cut: () => sending.destroy() }
}

type Outcome = IncomingMessage | UpstreamFailure | 'stale_connection'

function answerTo(sending: ClientRequest): Promise<Outcome> {
  return new Promise((resolve) => {
    sending.on('response', resolve)
    sending.on('upgrade', (_response, socket) => {
      socket.destroy()
      resolve('upstream_failed')
    })
    // Also what goes wrong after the answer: that the body has not come to its end tells.
    sending.on('error', (error) => resolve(failureOf(error, sending.reusedSocket)))
    sending.on('close', () => resolve('upstream_failed'))
  })
}

const UNREACHABLE: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ETIMEDOUT'],
])

function failureOf(error: object, wasKept: boolean): UpstreamFailure | 'stale_connection' {
  const code = 'code' in error ? error.code : undefined
  if (UNREACHABLE.has(code)) return 'upstream_unreachable'
  if (wasKept && (code === 'ECONNRESET' || code === 'EPIPE')) return 'stale_connection'
  return 'upstream_failed'
}
