/**
 * Answers to what `node:http` gives to no listener: what is not HTTP, comes too slowly, is too large to be looked at,
 * expects what nobody can do, or wants a tunnel. Every answer is one of a few fixed texts.
 *
 * Invariants
 *  (1) Answers keep the order of their requests: what is unreadable behind a request that is still being answered
 *      waits for that answer.
 *  (2) A connection on which something was unreadable ends: where its next request begins, nobody can tell.
 */
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { expectationFailed, tunnelRefused, unreadable } from '../respond.ts'
import type { EndpointResponse } from './endpoint.ts'
import type { Exchanges } from './exchanges.ts'

/** Makes `http` answer, and then close, whatever does not reach its request listener. */
export function answerUnreadable(http: Server, exchanges: Exchanges): void {
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    answerInOrder(unreadable(statusOf(error.code)), socket, exchanges.lastOf(socket))
  })
  http.on('checkContinue', (request, response) => {
    if (request.headers.expect?.toLowerCase() !== '100-continue') return failExpectation(response)
    response.writeContinue()
    http.emit('request', request, response)
  })
  http.on('checkExpectation', (_request, response) => failExpectation(response))
  http.on('connect', (_request, socket) => {
    answerInOrder(tunnelRefused, socket, exchanges.lastOf(socket))
  })
}

function failExpectation(response: ServerResponse): void {
  response.writeHead(expectationFailed.status, expectationFailed.headers as string[])
  response.end(expectationFailed.body)
}

function statusOf(code: string | undefined): 400 | 408 | 413 | 431 {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW' ? 413 : 400
}

function answerInOrder(
  answer: EndpointResponse,
  socket: Duplex,
  last: ServerResponse | undefined,
): void {
  if (last === undefined || last.writableFinished) {
    endWith(answer, socket)
  } else if (last.req.complete || last.headersSent) {
    // A body that cannot be read has its answer already when it does not matter to it.
    const own = last.req.complete ? answer : undefined
    last.once('finish', () => endWith(own, socket))
  } else {
    last.writeHead(answer.status, answer.headers as string[])
    last.end(answer.body)
  }
}

function endWith(answer: EndpointResponse | undefined, socket: Duplex): void {
  if (!socket.writable) socket.destroy()
  else socket.end(answer === undefined ? '' : messageText(answer), () => socket.destroy())
}

function messageText({ status, headers, body }: EndpointResponse): string {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`]
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
