/**
 * The parties of a request that goes through a proxy: our authorization server, `mintmark guard` as a process of its
 * own, and an API that records what reaches it.
 */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import { systemTransport } from '@mintmark/runtime'
import { type ServingProcess, workingFolder } from './mintmark-process.ts'

export const audience = 'https://api.example'

/** A request as it reached the API. */
export interface ReachingRequest {
  readonly method: string
  readonly target: string
  /** Names in lower case and values, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** An answer as it came over the connection. */
export interface RawAnswer {
  readonly status: number
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** The value of a field, all values joined if there are several; `undefined` without one. */
export function field({ fields }: Pick<RawAnswer, 'fields'>, wanted: string): string | undefined {
  const values = fields.filter(([name]) => name === wanted).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(', ')
}

/** An authorization server with an API and two clients of it. */
export interface IssuingServer {
  readonly issuer: string
  /** Of `partner-a`. */
  readonly clientSecret: string
  /** May have `applications:write decisions:read`, and has what is asked for. */
  token(scope: string): Promise<string>
  /** Ends a token. */
  revoke(token: string): Promise<void>
  close(): Promise<void>
}

/** Starts an authorization server, which ends with the test. */
export async function issuingServer(test: TestContext): Promise<IssuingServer> {
  const running = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:') }),
  })
  test.after(() => running.close())
  const { registry, tokenEndpoint, issuer } = running.server
  const scope = 'applications:write decisions:read'
  await registry.createResource({ id: audience, scope, lifetimeSeconds: 600 })
  const clientSecret = redact('client secret', 'a-secret-that-is-long-enough-to-be-one')
  const created = await registry.createClient({ id: 'partner-a', scope, clientSecret })
  assert(created.ok)
  return {
    issuer,
    clientSecret: clientSecret.reveal(),
    close: () => running.close(),
    async revoke(token) {
      const credentials = { client_id: 'partner-a', client_secret: clientSecret.reveal() }
      const body = new URLSearchParams({ token, ...credentials })
      const response = await systemTransport(`${issuer}/oauth/revoke`, { method: 'POST', body })
      assert.equal(response.status, 200)
    },
    async token(asked) {
      const response = await systemTransport(tokenEndpoint, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'client_credentials', scope: asked },
          ...{ client_id: 'partner-a', client_secret: clientSecret.reveal() },
        }),
      })
      const { access_token: token } = (await response.json()) as { access_token: string }
      assert.equal(typeof token, 'string')
      return token
    },
  }
}

/** An API that records what reaches it. */
export interface RecordingApi {
  readonly port: number
  readonly requests: ReachingRequest[]
}

/** Starts an API, which ends with the test. @param answer - Default: 200 to everything. */
export async function recordingApi(
  test: TestContext,
  answer: (response: ServerResponse) => void = sayReached,
): Promise<RecordingApi> {
  const requests: ReachingRequest[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('latin1')
    requests.push({ ...description(request), body })
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { port: (server.address() as { port: number }).port, requests }
}

function sayReached(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.end('reached')
}

function description({ method = '', url = '', rawHeaders }: IncomingMessage) {
  const fields = Array.from({ length: rawHeaders.length / 2 }, (_, at) => {
    return [rawHeaders[2 * at]?.toLowerCase() ?? '', rawHeaders[2 * at + 1] ?? ''] as const
  })
  return { method, target: url, fields }
}

/** Starts `mintmark guard` for an issuer, which ends with the test. */
export function guardProcess(
  test: TestContext,
  issuer: string,
  ...flags: readonly string[]
): Promise<ServingProcess> {
  const argv = ['--issuer', issuer, '--audience', audience, ...flags]
  return workingFolder(test).guard(argv)
}

/** Sends octets over a connection of their own, and gives the answers that come until it is closed. */
export async function exchangeRaw(port: number, text: string): Promise<readonly RawAnswer[]> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(text, 'latin1')
  const chunks: Buffer[] = []
  for await (const chunk of socket.iterator({ destroyOnReturn: true })) chunks.push(chunk)
  return answersIn(Buffer.concat(chunks).toString('latin1'))
}

/** A request with these lines of header fields, after which the connection is closed. */
export function rawRequest(line: string, ...fields: readonly string[]): string {
  return [`${line} HTTP/1.1`, 'Host: api.example', 'Connection: close', ...fields, '', ''].join(
    '\r\n',
  )
}

function answersIn(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = text
  while (rest.startsWith('HTTP/1.1 ')) {
    const end = rest.indexOf('\r\n\r\n')
    const [line = '', ...lines] = rest.slice(0, end).split('\r\n')
    const fields = lines.map((each) => {
      const [, name = '', value = ''] = /^([^:]*):\s*(.*)$/.exec(each) ?? []
      return [name.toLowerCase(), value] as const
    })
    const { body, length } = bodyIn(rest.slice(end + 4), fields)
    answers.push({ status: Number(line.split(' ')[1]), fields, body })
    rest = rest.slice(end + 4 + length)
  }
  return answers
}

function bodyIn(text: string, fields: RawAnswer['fields']): { body: string; length: number } {
  const given = field({ fields }, 'content-length')
  if (given !== undefined) return { body: text.slice(0, Number(given)), length: Number(given) }
  if (field({ fields }, 'transfer-encoding') !== 'chunked') return { body: '', length: 0 }
  let body = ''
  let at = 0
  for (;;) {
    const line = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, line), 16)
    if (line === -1 || !(size > 0)) return { body, length: line === -1 ? text.length : line + 4 }
    body += text.slice(line + 2, line + 2 + size)
    at = line + 4 + size
  }
}
