/**
 * The guard as a reverse proxy: judges each request and passes on what is admitted, to one API.
 *
 * Invariants
 *  (1) Nothing of a request reaches the API before it is admitted, its body included: who waits for `100 Continue` gets
 *      it after that.
 *  (2) Bodies are streams in both directions, and wait for the slower side. An answer that breaks off is passed on as
 *      one that breaks off.
 *  (3) After an answer that did not wait for the end of a request, the connection is closed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '@mintmark/runtime'
import { droppedBytesMax } from '../limits.ts'
import { type GuardedPlace, send } from './check-listener.ts'
import type { GuardListeners } from './guard-server.ts'
import type { Field } from './identity-headers.ts'
import type { RefusedAnswer } from './own-refusal.ts'
import { fieldsToClient, fieldsToUpstream, type Passage } from './passed-fields.ts'
import { type ProxiedMessage, readMessage } from './proxied-message.ts'
import { type ProxyRefusalCode, proxyRefusal } from './proxy-refusal.ts'
import { type StallWatch, watchForStall } from './stall-watch.ts'
import type { Upstream, UpstreamExchange } from './upstream.ts'

/** What a proxy passes requests on with. */
export interface ProxyPlace extends GuardedPlace {
  readonly upstream: Upstream
  readonly keepsAuthorization: boolean
  /** Origin by which clients know the API, such as `https://api.example`. */
  readonly publicOrigin: string | undefined
  readonly bodyBytesMax: number
  /** How long neither side may move. */
  readonly quietMs: number
  readonly clock: Clock
  /** Told when an admitted request got no whole answer. */
  readonly noteFailure: (failure: RefusedAnswer) => void
}

/** Makes the listeners. */
export function proxyListeners(place: ProxyPlace): Required<GuardListeners> {
  const refuse = (response: ServerResponse, refusal: RefusedAnswer): void => {
    place.note({ admitted: false, refusal })
    answer(response, refusal)
  }
  const respond =
    (goOn: (response: ServerResponse) => void) =>
    async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const message = readMessage(request, place.bodyBytesMax)
      if (typeof message === 'string') return refuse(response, proxyRefusal(message))
      const judgement = await place.judge({
        guarded: guardedRequest(request, message),
        scope: place.scope,
      })
      if (!judgement.admitted) return refuse(response, judgement.refusal)
      place.note(judgement)
      goOn(response)
      const passage = passageOf(request, message, judgement.identity, place)
      await passOn(request, response, passage, judgement.fields, place)
    }
  return {
    respond: respond(() => undefined),
    quietMs: place.quietMs,
    respondBeforeBody: respond((response) => response.writeContinue()),
    refuseExpectation: (_request, response) => refuse(response, proxyRefusal('expectation_failed')),
  }
}

function guardedRequest(
  { headers, rawHeaders, socket }: IncomingMessage,
  { method, target }: ProxiedMessage,
) {
  return { headers, rawHeaders, socket, method, url: target }
}

function passageOf(
  { headersDistinct, socket }: IncomingMessage,
  message: ProxiedMessage,
  identity: readonly Field[],
  { upstream, keepsAuthorization, publicOrigin, addresses }: ProxyPlace,
): Passage {
  const peer = socket.remoteAddress ?? 'unknown'
  const isTrusted = addresses.isTrusted(peer)
  const before = isTrusted ? (headersDistinct['x-forwarded-for'] ?? []) : []
  const told = isTrusted ? headersDistinct['x-forwarded-proto'] : undefined
  return {
    ...{ message, upstreamHost: upstream.host, identity, keepsAuthorization, publicOrigin },
    forwardedFor: [...before, peer].join(', '),
    scheme: told?.length === 1 && told[0] === 'https' ? 'https' : 'http',
  }
}

async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  passage: Passage,
  more: readonly Field[],
  place: ProxyPlace,
): Promise<void> {
  const { method, target, framing } = passage.message
  const hasBody = framing.kind !== 'none'
  const exchange = place.upstream.open({
    ...{ method, target, fields: fieldsToUpstream(request.rawHeaders, passage) },
    isRepeatable: !hasBody && REPEATABLE.has(method),
  })
  let verdict: ProxyRefusalCode | undefined
  const end = (code: ProxyRefusalCode): void => {
    verdict ??= code
    exchange.cut()
  }
  const watch = watchForStall(place.clock, place.quietMs, () => end('upstream_timed_out'))
  response.on('close', () => exchange.cut())
  try {
    if (hasBody) sendBody(request, exchange, watch, () => end('body_too_large'), place.bodyBytesMax)
    else exchange.sending.end()
    const head = await exchange.answer
    if (verdict !== undefined || typeof head === 'string') {
      return fail(response, verdict ?? (head as ProxyRefusalCode), place)
    }
    await passBack(head, request, response, more, watch).catch(() => {
      if (!request.socket.destroyed) {
        place.noteFailure(proxyRefusal(verdict ?? 'upstream_failed'))
      }
      response.destroy()
    })
  } finally {
    watch.end()
  }
}

const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** What goes wrong here shows at the answer, which may be there in spite of it. */
function sendBody(
  request: IncomingMessage,
  { sending }: UpstreamExchange,
  watch: StallWatch,
  onTooLarge: () => void,
  bytesMax: number,
): void {
  let octets = 0
  const counted = observing((chunk) => {
    watch.touch()
    octets += chunk.length
    if (octets > bytesMax) onTooLarge()
  })
  pipeline(request, counted, sending).catch(() => undefined)
}

/** Passes everything on and sees it first. */
function observing(see: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      see(chunk)
      done(null, chunk)
    },
  })
}

async function passBack(
  head: IncomingMessage,
  request: IncomingMessage,
  response: ServerResponse,
  more: readonly Field[],
  watch: StallWatch,
): Promise<void> {
  watch.touch()
  const fields = fieldsToClient(head.rawHeaders, more)
  const closes = request.complete ? [] : ['connection', 'close']
  response.writeHead(head.statusCode ?? 502, [...fields, ...closes])
  await pipeline(
    head,
    observing(() => watch.touch()),
    response,
  )
}

function fail(response: ServerResponse, code: ProxyRefusalCode, place: ProxyPlace): void {
  // The client has gone, and with it who would be told.
  if (response.destroyed) return
  const refusal = proxyRefusal(code)
  place.noteFailure(refusal)
  answer(response, refusal)
}

/** The rest of a request that is not passed on is read and dropped if it is short, and otherwise not waited for. */
function answer(response: ServerResponse, { status, fields, body }: RefusedAnswer): void {
  const { complete, headers } = response.req
  const isShort = Number(headers['content-length'] ?? Number.NaN) <= droppedBytesMax
  const closes = complete || isShort ? [] : ['connection', 'close']
  const length = ['content-length', String(body.length)]
  send(response, status, [...fields.flat(), ...length, ...closes], body)
}
