/**
 * What stand-ins for proxies share: they take a request apart, let a function decide that has read a shipped
 * configuration, and pass on or answer. They stand for what a proxy does with fields and paths by its documentation.
 * Where a message ends is decided by the parser of Node, not by that of the proxy.
 */
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { RunningProxy } from '../shipped-proxy.ts'
import { type Field, fieldsOf, hopByHop, without } from './field-list.ts'

/** A request as it came. */
export interface ClientRequest {
  readonly method: string
  readonly target: string
  readonly fields: readonly Field[]
}

/** An answer that is not the API's. */
export interface LocalAnswer {
  readonly status: number
  readonly fields: readonly Field[]
  readonly body: string
}

/** What becomes of a request. */
export type Decision =
  | { readonly answer: LocalAnswer }
  | {
      readonly target: string
      readonly fields: readonly Field[]
      /** For the answer, whatever the API says. */
      readonly answerFields: readonly Field[]
    }

/** Asks a guard without a body; `undefined` when it cannot be reached. */
export type AskGuard = (asked: ClientRequest) => Promise<LocalAnswer | undefined>

/** Where a stand-in passes on to, and how it decides. */
export interface StandIn {
  /** Port of the API. */
  readonly api: number
  /** What the proxy says while the API cannot be reached. */
  readonly apiOutage: number
  readonly decide: (request: ClientRequest, ask: AskGuard) => Promise<Decision>
}

/** Starts one, which ends with the test. @param guard - Origin of the guard. */
export async function startStandIn(
  test: TestContext,
  guard: string,
  standIn: StandIn,
): Promise<RunningProxy> {
  const server = createServer(async (incoming, response) => {
    const { method = '', url = '', rawHeaders } = incoming
    const asked = { method, target: url, fields: fieldsOf(rawHeaders) }
    const decision = await standIn.decide(asked, (question) => askGuard(guard, question))
    if ('answer' in decision) return sendAnswer(response, decision.answer)
    await passOn(incoming, response, decision, standIn)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { port, origin: `http://127.0.0.1:${port}` }
}

function sendAnswer(response: ServerResponse, { status, fields, body }: LocalAnswer): void {
  const own = without(fields, ...hopByHop, 'content-length')
  response.writeHead(status, [...own, ['content-length', String(body.length)]].flat())
  response.end(body)
}

async function askGuard(
  origin: string,
  { method, target, fields }: ClientRequest,
): Promise<LocalAnswer | undefined> {
  const { hostname, port } = new URL(origin)
  const answer = await exchanged({ hostname, port, method, path: target, headers: flat(fields) })
  if (answer === undefined) return undefined
  const body = Buffer.concat(await answer.toArray()).toString('latin1')
  return { status: answer.statusCode ?? 0, fields: fieldsOf(answer.rawHeaders), body }
}

async function passOn(
  incoming: IncomingMessage,
  response: ServerResponse,
  { target, fields, answerFields }: Exclude<Decision, { answer: LocalAnswer }>,
  { api, apiOutage }: StandIn,
): Promise<void> {
  const framing = fieldsOf(incoming.rawHeaders).filter(([name]) =>
    /^transfer-encoding$/i.test(name),
  )
  const headers = flat([...without(fields, ...hopByHop, 'expect'), ...framing])
  const place = { hostname: '127.0.0.1', port: api, method: incoming.method, path: target, headers }
  const answer = await exchanged(place, incoming)
  if (answer === undefined) return sendAnswer(response, { status: apiOutage, fields: [], body: '' })
  const own = without(fieldsOf(answer.rawHeaders), ...hopByHop)
  response.writeHead(answer.statusCode ?? 0, [...own, ...answerFields].flat())
  answer.pipe(response)
}

/** A request with exactly these fields; `undefined` when nothing answers. */
function exchanged(
  options: RequestOptions,
  body?: IncomingMessage,
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const outgoing = request({ ...options, agent: false, setHost: false })
    outgoing.on('response', resolve)
    outgoing.on('error', () => resolve(undefined))
    if (body === undefined) outgoing.end()
    else body.pipe(outgoing)
  })
}

function flat(fields: readonly Field[]): readonly string[] {
  return fields.flat()
}
