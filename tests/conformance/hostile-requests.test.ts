/**
 * What a stranger can send to a server that listens: for each shape the right answer, on a connection that goes on or
 * ends as it should, with nothing of the request in it; and afterwards everybody else is served as before.
 *
 * Over raw sockets, because every client library refuses to send such things.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { the } from '@mintmark/testkit'
import fc from 'fast-check'
import { bodies } from './hostile/bodies.ts'
import { chunks } from './hostile/chunks.ts'
import { credentials } from './hostile/credentials.ts'
import { framing } from './hostile/framing.ts'
import { headers } from './hostile/headers.ts'
import {
  basicOf,
  goodRequest,
  type HostileRequest,
  MARKER,
  type Target,
} from './hostile/hostile-request.ts'
import { mediaTypes } from './hostile/media-types.ts'
import { pipelining } from './hostile/pipelining.ts'
import { type RawAnswer, RawConnection } from './hostile/raw-exchange.ts'
import { requestLines } from './hostile/request-lines.ts'
import { slowAndBrokenOff } from './hostile/slow-and-broken-off.ts'

const groups: Readonly<Record<string, readonly HostileRequest[]>> = {
  'the length of a request': framing,
  chunks,
  pipelining,
  'request lines': requestLines,
  headers,
  'media types': mediaTypes,
  credentials,
  bodies,
  'slow and broken-off requests': slowAndBrokenOff,
}

/** A server with little patience, and still more than a busy machine needs. */
const timeouts = { headersMs: 1_500, requestMs: 1_500, idleMs: 60_000 }

let running: RunningServer
let target: Target
let port: number

before(async () => {
  running = await listen({
    host: '127.0.0.1',
    port: 0,
    timeouts,
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:') }),
  })
  await running.server.registry.createResource({ id: the.audience, scope: the.scope })
  const created = await running.server.registry.createClient({ id: the.clientId, scope: the.scope })
  assert(created.ok && created.value.clientSecret !== undefined)
  const secret = created.value.clientSecret.reveal()
  target = { id: the.clientId, secret, basic: basicOf(`${the.clientId}:${secret}`) }
  port = Number(new URL(running.origin).port)
})

after(() => running.close())

for (const [group, requests] of Object.entries(groups)) {
  describe(group, { concurrency: 8 }, () => {
    for (const request of requests) {
      const { title, statuses } = request
      const answers = statuses.length > 4 ? 'all in order' : statuses.join(' and ') || 'nothing'
      it(`answers ${title}: ${answers} [A1]`, () => stands(request))
    }
  })
}

describe('damaged requests', () => {
  it('are answered without a 500 and without what was sent, and nobody else notices [A1]', async () => {
    const octet = fc.nat(0xff).map((code) => String.fromCharCode(code))
    const noise = fc.oneof(
      fc.string({ unit: octet, maxLength: 8 }),
      fc.constantFrom(
        '\r\n',
        '\n',
        '\0',
        ' ',
        ':',
        `\r\n${MARKER}: 1\r\n`,
        '\r\n\r\n',
        '1d\r\n',
        '',
      ),
    )
    const damage = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), noise)
    await fc.assert(fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), survives), {
      numRuns: 150,
    })
    await servesOthers()
  })
})

it('has two hundred of them at least', () => {
  assert(Object.values(groups).flat().length >= 200)
})

/** Sends a request, judges every answer, and looks whether the server is still the same. */
async function stands(request: HostileRequest): Promise<void> {
  const connection = await RawConnection.to(port)
  for (const piece of [request.send(target)].flat()) connection.send(piece)
  if (request.ending === 'left') connection.leave()
  const answers: RawAnswer[] = []
  for (const status of request.statuses) {
    const answer = await connection.answer(request.method)
    assert.equal(answer.status, status, connection.transcript.slice(-500))
    answers.push(answer)
  }
  for (const answer of answers) judge(answer, request)
  const last = answers.at(-1)
  if (request.error !== undefined) assert.equal(errorIn(last), request.error)
  if (request.ending === 'open') {
    // The connection is where it should be: exactly one answer to one more request.
    connection.send(goodRequest(target))
    assert.equal((await connection.answer()).status, 200)
    connection.finish()
  }
  if (request.ending !== 'left') await connection.closed()
  assert.doesNotMatch(connection.transcript, new RegExp(MARKER, 'i'))
  await servesOthers()
}

type Damage = readonly [place: number, removed: number, put: string]

/** Sends a good request with that damage, says that nothing more will come, and reads until the server closes. */
async function survives(damages: readonly Damage[]): Promise<void> {
  const request = damages.reduce((text, [place, removed, put]) => {
    const at = Math.floor(place * text.length)
    return text.slice(0, at) + put + text.slice(at + removed)
  }, goodRequest(target))
  const connection = await RawConnection.to(port)
  connection.send(request)
  connection.finish()
  await connection.over()
  assert.doesNotMatch(connection.transcript, /HTTP\/1\.1 5(?!01)/)
  assert.doesNotMatch(connection.transcript, new RegExp(MARKER, 'i'))
}

function judge({ status, headers, body }: RawAnswer, request: HostileRequest): void {
  if (status === 100) return
  const cacheControl = headers.get('cache-control')
  const isDocument = status === 200 && cacheControl?.startsWith('public') === true
  assert(isDocument || cacheControl === 'no-store', `Cache-Control: ${cacheControl}`)
  assert.match(headers.get('content-type') ?? '', /^application\/(?:jwk-set\+)?json$/)
  assert.equal(headers.has('www-authenticate'), status === 401)
  assert.equal(headers.has('allow'), status === 405)
  assert(status < 500 || request.statuses.includes(status))
  if (request.method !== 'HEAD') assert.equal(typeof JSON.parse(body), 'object')
}

function errorIn(answer: RawAnswer | undefined): unknown {
  return (JSON.parse(answer?.body ?? '') as { error?: unknown }).error
}

async function servesOthers(): Promise<void> {
  const connection = await RawConnection.to(port)
  connection.send(goodRequest(target))
  const { status, body } = await connection.answer()
  connection.leave()
  assert.equal(status, 200)
  assert.match(body, /"access_token":"[\w-]+\.[\w-]+\.[\w-]+"/)
}
