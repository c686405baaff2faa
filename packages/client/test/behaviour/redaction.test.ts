import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  clientSecretBasic,
  clientSecretJson,
  clientSecretPost,
  createTokenClient,
  TokenAcquisitionError,
  type TokenClientEvent,
} from '@mintmark/client'
import {
  createScriptedTransport,
  FakeClock,
  findSecret,
  jsonResponse,
  networkFailure,
  type Responder,
  scriptedTokenEndpoint,
  seededRandom,
  some,
  the,
} from '@mintmark/testkit'
import { apiUrl, outcomeOf } from '../client-world.ts'

/** Everything that may ever print an object of ours. */
function printed(subject: unknown): string {
  const error = subject instanceof Error ? [subject.stack, subject.message, subject.cause] : []
  return [
    inspect(subject, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(subject),
    String(subject),
    ...error.map((part) => inspect(part)),
    inspect(new Error('outer', { cause: subject }), { depth: 20 }),
    inspect(structuredCloneOf(subject), { depth: 20 }),
  ].join('\n')
}

function structuredCloneOf(subject: unknown): unknown {
  try {
    return structuredClone(subject)
  } catch {
    return undefined
  }
}

/** What a hostile or unlucky server echoes of what it was sent. */
const echo =
  (status: number, type = 'application/json'): Responder =>
  async (request) => {
    const sent = `${request.headers.get('authorization')} ${await request.text()}`
    const error = { error: sent.slice(0, 60), error_description: sent }
    const headers = { 'content-type': type, 'www-authenticate': `Basic realm="${btoa(sent)}"` }
    return new Response(JSON.stringify(error), { status, headers })
  }

const faults: readonly [what: string, answer: Responder][] = [
  ['echo in a 200', echo(200)],
  ['echo in a 400', echo(400)],
  ['echo in a 401', echo(401)],
  ['echo in a 500', echo(500)],
  ['echo as text', echo(200, 'text/plain')],
  [
    'secret as the error code',
    () => jsonResponse(some.tokenError({ error: the.clientSecret }), { status: 400 }),
  ],
  ['token in a malformed response', () => jsonResponse(`${some.tokenResponse()}x`)],
  ['token of another type', () => jsonResponse(some.tokenResponse({ token_type: 'mac' }))],
  ['token for less', () => jsonResponse(some.tokenResponse({ scope: 'a' }))],
  [
    'secret in a network error',
    () => {
      throw Object.assign(networkFailure('ECONNRESET'), { request: the.clientSecret })
    },
  ],
  [
    'redirect',
    () => new Response(null, { status: 302, headers: { location: `/?s=${the.clientSecret}` } }),
  ],
]

const methods = [clientSecretBasic, clientSecretPost, clientSecretJson]
const wireToken = JSON.parse(some.tokenResponse()).access_token as string

test('prints no secret and no token on any failure path, in any way of printing [C10]', async () => {
  for (const method of methods) {
    for (const [what, answer] of faults) {
      const clock = new FakeClock()
      const network = createScriptedTransport()
      const events: TokenClientEvent[] = []
      const client = createTokenClient({
        tokenEndpoint: the.tokenEndpoint,
        clientId: the.clientId,
        clientAuthentication: method(the.clientSecret),
        scope: the.scope,
        extraParameters: { assertion: the.clientSecret },
        clock,
        random: seededRandom(1),
        transport: network.transport,
        observer: (event) => events.push(event),
      })
      network.respond(the.tokenEndpoint, answer)
      network.respond(apiUrl, jsonResponse({}))
      const calls = [outcomeOf<unknown>(client.token()), outcomeOf<unknown>(client.fetch(apiUrl))]
      await clock.advance(1_000)
      const outcomes = await Promise.all(calls)
      for (const { error } of outcomes) assert(error instanceof TokenAcquisitionError, what)
      const output = [...outcomes, client, events, client.explain()].map(printed).join('\n')
      assert.equal(findSecret(output, the.clientSecret), undefined, `${method.name}: ${what}`)
      assert.equal(findSecret(output, wireToken), undefined, `${method.name}: ${what}`)
    }
  }
})

test('prints no token in the course of a life with renewals and refusals [C10]', async () => {
  const clock = new FakeClock()
  const network = createScriptedTransport()
  const endpoint = scriptedTokenEndpoint()
  const events: TokenClientEvent[] = []
  network.respond(the.tokenEndpoint, endpoint.responder)
  network.respond(apiUrl, (request) => {
    const authorization = request.headers.get('authorization') ?? ''
    const challenge = `Bearer error="invalid_token", error_description="${authorization}"`
    return new Response(authorization, { status: 401, headers: { 'www-authenticate': challenge } })
  })
  const client = createTokenClient({
    tokenEndpoint: the.tokenEndpoint,
    clientId: the.clientId,
    clientSecret: the.clientSecret,
    scope: the.scope,
    clock,
    random: seededRandom(2),
    transport: network.transport,
    observer: (event) => events.push(event),
  })
  const token = await client.token()
  await client.fetch(apiUrl)
  await clock.advance(3_100_000)
  await client.fetch(apiUrl)
  const held = [client, token, events, client.explain(), client.currentToken(), client.token()]
  const output = held.map(printed).join('\n')
  for (const number of [1, 2, 3, 4]) {
    assert.equal(findSecret(output, endpoint.token(number)), undefined, `token ${number}`)
  }
  assert.equal(findSecret(output, the.clientSecret), undefined)
  assert(output.includes(token.fingerprint))
})
