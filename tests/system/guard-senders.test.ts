/**
 * The sender corpus over real TLS: an API behind the guard that asks for certificates and proofs is sent every bound
 * token that somebody else presents. Each is refused in words of our own, and whoever may present his gets through.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { createGuard, type GuardEvent } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import {
  createSenderCorpus,
  FakeClock,
  fixtureAuthority,
  jsonResponse,
  type SenderCase,
  type SenderRequest,
  serverCertificate,
  the,
} from '@mintmark/testkit'

/** What Node's HTTP client agrees to send. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/

interface Answer {
  readonly status: number | undefined
  readonly told: string
}

const corpus = createSenderCorpus()
const events: GuardEvent[] = []
let api: Server
let calls = 0

/** One connection for each certificate, and one without: TLS shows it once. */
const agents = {
  own: new Agent({
    keepAlive: true,
    maxSockets: 2,
    ca: fixtureAuthority,
    ...corpus.certificates.own,
  }),
  other: new Agent({
    ...{ keepAlive: true, maxSockets: 2, ca: fixtureAuthority, ...corpus.certificates.other },
  }),
  none: new Agent({ keepAlive: true, maxSockets: 2, ca: fixtureAuthority }),
}

before(async () => {
  const keySet = JSON.stringify(corpus.keySet)
  const guard = createGuard({
    ...{ issuer: the.issuer, audience: the.audience, jwksUri: the.jwksUri },
    ...{ clock: new FakeClock(), transport: async () => jsonResponse(keySet) },
    publicOrigin: corpus.publicOrigin,
    observer: (event) => events.push(event),
  })
  const listener = protect({ guard })((_request, response) => {
    calls += 1
    response.end('admitted')
  })
  const asking = { requestCert: true, rejectUnauthorized: false, ca: fixtureAuthority }
  api = createServer({ ...serverCertificate, ...asking }, listener).listen(0, '127.0.0.1')
  await once(api, 'listening')
})

after(() => {
  for (const agent of Object.values(agents)) agent.destroy()
  api.close()
})

async function answerTo(request: SenderRequest): Promise<Answer> {
  const { port } = api.address() as AddressInfo
  const { method, url: path, certificate = 'none' } = request
  const headers = ['host', 'api.example', ...request.headers.flat()]
  const agent = agents[certificate]
  const sent = httpsRequest({ host: '127.0.0.1', port, path, method, agent, headers })
  sent.end()
  const [response] = await once(sent, 'response')
  const body = await text(response)
  return { status: response.statusCode, told: response.rawHeaders.join('\n') + body }
}

/** A value is trimmed on its way (RFC 9110 section 5.5), and an empty field is none to see. */
function isSendable({ request }: SenderCase): boolean {
  return request.headers.every(([, value]) => SENDABLE.test(value) && value.trim() === value)
}

const cases = corpus.cases.filter(isSendable)

describe('an API that takes bound tokens', () => {
  test('refuses everybody else who presents them, and repeats nothing of it [R5]', async () => {
    const attacks = cases.filter(({ expect }) => expect !== 'admitted')
    assert.ok(attacks.length > 190, String(attacks.length))
    for (const { id, request, before: first, expect } of attacks) {
      for (const earlier of first) assert.equal((await answerTo(earlier)).status, 200, id)
      const admitted = calls
      const { status, told } = await answerTo(request)
      assert.ok(status === 400 || status === 401, `${id}: ${status}`)
      assert.match(told, /^[\n\x20-\x7e]*$/, id)
      for (const [, value] of request.headers) {
        for (const part of value.split(/[ .]/)) assert.ok(part.length < 24 || !told.includes(part))
      }
      assert.equal(calls, admitted, id)
      const [last] = events.filter(({ type }) => type === 'request_refused').slice(-1)
      assert.deepEqual(last, { type: 'request_refused', code: expect }, id)
    }
  })

  test('admits whoever proves possession, after all of that [R5]', async () => {
    const good = cases.filter(({ expect }) => expect === 'admitted')
    assert.ok(good.length > 20, String(good.length))
    for (const { id, request, before: first } of good) {
      for (const each of [...first, request]) assert.equal((await answerTo(each)).status, 200, id)
    }
  })
})
