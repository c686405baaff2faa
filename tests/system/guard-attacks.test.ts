/**
 * The attack corpus over real HTTP: an API behind the guard is sent every attack that a socket can carry. Each is
 * refused with a status and headers of our own words, on a server that goes on, and good requests get through.
 */
import assert from 'node:assert/strict'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { createGuard, type GuardEvent } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import {
  type AttackCase,
  type AttackCorpus,
  createAttackCorpus,
  FakeClock,
  jsonResponse,
  type LoopbackServer,
  startLoopbackServer,
  the,
} from '@mintmark/testkit'

/** What Node's HTTP client agrees to send: other values need a client that breaks the rules of HTTP. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Node takes 16 KiB of header fields; beyond that it answers 431 by itself. */
const FIELD_BYTES_MAX = 15_000

interface Answer {
  readonly status: number
  readonly headers: string
  readonly body: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })
const events: GuardEvent[] = []
let corpus: AttackCorpus
let api: LoopbackServer
let calls = 0

before(async () => {
  corpus = createAttackCorpus()
  const keySet = JSON.stringify(corpus.keySet)
  const guard = createGuard({
    ...{ issuer: the.issuer, audience: the.audience, jwksUri: the.jwksUri },
    ...{ clock: new FakeClock(), transport: async () => jsonResponse(keySet) },
    observer: (event) => events.push(event),
  })
  const listener = protect({ guard })((_request, response) => {
    calls += 1
    response.end('admitted')
  })
  api = await startLoopbackServer((request, response) => void listener(request, response))
})

after(async () => {
  agent.destroy()
  await api.close()
})

function isSendable({ request }: AttackCase): boolean {
  const bytes = request.headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  // A value is trimmed on its way (RFC 9110 section 5.5): what it was before, nobody can see.
  const isItself = request.headers.every(
    ([, value]) => SENDABLE.test(value) && value.trim() === value,
  )
  return isItself && bytes < FIELD_BYTES_MAX
}

async function answerTo({ request }: AttackCase): Promise<Answer> {
  const headers = ['host', 'api.example', ...request.headers.flat()]
  const response = await new Promise<IncomingMessage>((resolve, fail) => {
    const sent = httpRequest(new URL(request.url, api.origin), { agent, headers }, resolve)
    sent.once('error', fail)
    sent.end()
  })
  const body = await text(response)
  return { status: response.statusCode ?? 0, headers: response.rawHeaders.join('\n'), body }
}

/** A piece from the end of each segment of the attack's token. */
function piecesOf({ token }: AttackCase): readonly string[] {
  const segments = token === undefined ? [] : token.split('.', 5)
  return segments
    .slice(1)
    .map((segment) => segment.slice(-12))
    .filter(({ length }) => length === 12)
}

describe('an API behind the guard', () => {
  test('refuses every attack that a socket carries, and repeats nothing of it [R1, R4]', async () => {
    const attacks = corpus.cases.filter((one) => one.expect !== 'admitted' && isSendable(one))
    assert.ok(attacks.length > 750, String(attacks.length))
    for (const attack of attacks) {
      const { status, headers, body } = await answerTo(attack)
      assert.ok([400, 401].includes(status), `${attack.id}: ${status}`)
      assert.match(headers, /^www-authenticate$/im, attack.id)
      const told = headers + body
      assert.match(told, /^[\n\x20-\x7e]*$/, attack.id)
      assert.doesNotMatch(told, /canary/, attack.id)
      for (const piece of piecesOf(attack)) assert.ok(!told.includes(piece), attack.id)
    }
    assert.equal(calls, 0)
    assert.equal(events.filter(({ type }) => type === 'request_refused').length, attacks.length)
  })

  test('admits every good request, after all of that [R1]', async () => {
    const good = corpus.cases.filter((one) => one.expect === 'admitted' && isSendable(one))
    assert.ok(good.length > 40, String(good.length))
    for (const one of good) assert.equal((await answerTo(one)).status, 200, one.id)
    assert.equal(calls, good.length)
  })
})
