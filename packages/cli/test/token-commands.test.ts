import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createScriptedTransport,
  findSecret,
  jsonResponse,
  networkFailure,
  type Responder,
  scriptedTokenEndpoint,
  some,
  the,
} from '@mintmark/testkit'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

const variables = { MINTMARK_CLIENT_SECRET: the.clientSecret }
const credentials = ['--token-endpoint', the.tokenEndpoint, '--client-id', the.clientId]
const decisions = `${the.audience}/decisions`

/** A token endpoint that hands out tokens, or answers as told; and an API, if one is needed. */
function network({ token, api }: { token?: Responder; api?: Responder } = {}) {
  const scripted = createScriptedTransport()
  scripted.respond(the.tokenEndpoint, token ?? scriptedTokenEndpoint().responder)
  if (api !== undefined) scripted.respond(decisions, api)
  return scripted
}

describe('mintmark token', () => {
  it('prints the token and nothing else', async () => {
    const respond = () => jsonResponse(some.tokenResponse())
    const { transport, requests } = network({ token: respond })
    const { exitCode, output, notices } = await run(['token', ...credentials], {
      transport,
      variables,
    })
    assert.equal(exitCode, 0)
    assert.equal(output, `${JSON.parse(some.tokenResponse()).access_token}\n`)
    assert.equal(notices, '')
    assert.equal(requests.length, 1)
  })

  it('asks for what the flags say', async () => {
    const { transport, requests } = network()
    const flags = [
      '--scope',
      'a b',
      '--resource',
      'urn:a',
      '--resource',
      'urn:b',
      '--audience',
      'x',
    ]
    await run(['token', ...credentials, ...flags], { transport, variables })
    const form = new URLSearchParams(requests[0]?.body)
    assert.equal(form.get('scope'), 'a b')
    assert.deepEqual(form.getAll('resource'), ['urn:a', 'urn:b'])
    assert.equal(form.get('audience'), 'x')
  })

  it('sends the credentials in the form of a preset', async () => {
    const { transport, requests } = network()
    const argv = ['token', ...credentials, '--preset', 'myparcel']
    await run(argv, { transport, variables })
    const body = JSON.parse(requests[0]?.body ?? '')
    assert.equal(body.client_secret, the.clientSecret)
    assert.equal(body.scope, '*')
  })

  it('finds the token endpoint by the issuer', async () => {
    const { transport, respond } = network()
    respond(the.metadataUrl, jsonResponse(some.serverMetadata()))
    const argv = ['token', '--issuer', the.issuer, '--client-id', the.clientId]
    const { exitCode } = await run(argv, { transport, variables })
    assert.equal(exitCode, 0)
  })

  const failing: readonly (readonly [string, Responder, RegExp])[] = [
    [
      'a client that is refused',
      () => jsonResponse({ error: 'invalid_client' }, { status: 401 }),
      /\(invalid_client, HTTP 401\)/,
    ],
    [
      'a scope that is refused',
      () => jsonResponse({ error: 'invalid_scope' }, { status: 400 }),
      /\(invalid_scope, HTTP 400\)/,
    ],
    [
      'a limit',
      () => jsonResponse({ error: 'slow_down' }, { status: 429, headers: { 'retry-after': '7' } }),
      /HTTP 429.*try again in 7 s/,
    ],
    ['a page instead of a token', () => new Response('<html>'), /no token response/],
    [
      'a description from the wire',
      () => jsonResponse({ error: 'SHOUT', error_description: 'SHOUT' }, { status: 400 }),
      /HTTP 400/,
    ],
  ]
  for (const [title, token, says] of failing) {
    it(`tells ${title} in one line, in our own words`, async () => {
      const { transport } = network({ token })
      const { exitCode, output, notices } = await run(['token', ...credentials], {
        transport,
        variables,
      })
      assert.equal(exitCode, 1)
      assert.equal(output, '')
      assert.match(notices, says)
      assert.match(notices, /^mintmark: [^\n]+\n$/)
      assert.ok(!notices.includes('SHOUT'))
      assert.equal(findSecret(notices, the.clientSecret), undefined)
    })
  }

  it('advises a flag where the client would advise an option', async () => {
    const { transport, respond } = network()
    const metadata = some.serverMetadata({ token_endpoint: 'https://b.example/token' })
    respond(the.metadataUrl, jsonResponse(metadata))
    const argv = ['token', '--issuer', the.issuer, '--client-id', the.clientId]
    const { exitCode, notices } = await run(argv, { transport, variables })
    assert.equal(exitCode, 1)
    assert.match(notices, /--token-endpoint/)
  })
})

describe('mintmark call', () => {
  const echo: Responder = async (request) =>
    new Response(`${request.method} ${await request.text()}`, { headers: { 'x-a': 'b\u00a0c' } })

  function call(flags: readonly string[], api: Responder, workingFolder = '/nowhere') {
    const { transport, requests } = network({ api })
    const argv = ['call', decisions, ...credentials, ...flags]
    return { result: run(argv, { transport, variables, workingFolder }), requests }
  }

  it('attaches the token and prints the body as it came', async () => {
    const { result, requests } = call([], () => new Response('no line break'))
    const { exitCode, output, notices } = await result
    assert.deepEqual([exitCode, output, notices], [0, 'no line break', ''])
    assert.match(requests[1]?.headers.get('authorization') ?? '', /^Bearer \S+$/)
  })

  const requests: readonly (readonly [readonly string[], string])[] = [
    [[], 'GET '],
    [['-d', 'a=b'], 'POST a=b'],
    [['-d', '@body'], 'POST from the file\n'],
    [['-X', 'DELETE'], 'DELETE '],
    [['-X', 'PUT', '-d', 'a'], 'PUT a'],
  ]
  for (const [flags, expected] of requests) {
    it(`sends ${JSON.stringify(expected)} for ${JSON.stringify(flags)}`, async (t) => {
      const folder = temporaryFolder(t, { body: 'from the file\n' })
      assert.equal((await call(flags, echo, folder).result).output, expected)
    })
  }

  it('sends headers, repeated ones too', async () => {
    const flags = ['-H', 'x-one: 1', '-H', 'x-one:2', '-H', 'accept: a:b']
    const { result, requests } = call(flags, echo)
    await result
    assert.equal(requests[1]?.headers.get('x-one'), '1, 2')
    assert.equal(requests[1]?.headers.get('accept'), 'a:b')
  })

  it('shows status and headers with -i, without letting them act on the terminal', async () => {
    const api = () => new Response('body', { headers: { 'x-a': 'b\u009bc' } })
    const { output } = await call(['-i'], api).result
    assert.match(output, /^HTTP 200\n/)
    assert.match(output, /\nx-a: b\\u009bc\n/)
    assert.ok(output.endsWith('\n\nbody'))
  })

  it('prints status, headers and body as one document with --json', async () => {
    const api = () => new Response('body', { headers: { 'content-type': 'text/plain' } })
    const { output } = await call(['--json'], api).result
    assert.deepEqual(JSON.parse(output), {
      status: 200,
      headers: [['content-type', 'text/plain']],
      body: 'body',
    })
  })

  it('refuses to put a body that is not text into a document', async () => {
    const api = () => new Response(Uint8Array.from([0xff, 0xfe]))
    const { exitCode, output, notices } = await call(['--json'], api).result
    assert.equal(exitCode, 1)
    assert.equal(output, '')
    assert.equal(JSON.parse(notices).error.code, 'response_not_text')
  })

  it('prints the body of a refusal, explains it in one line, and ends with exit code 1', async () => {
    const challenge = 'Bearer error="insufficient_scope", scope="decisions:read"'
    const api = () =>
      new Response('why', { status: 403, headers: { 'www-authenticate': challenge } })
    const { exitCode, output, notices } = await call([], api).result
    assert.equal(exitCode, 1)
    assert.equal(output, 'why')
    assert.equal(
      notices,
      'mintmark: HTTP 403: the token does not carry the scope this call needs (decisions:read)\n',
    )
  })

  it('names the origin of an API that cannot be reached', async () => {
    const api = () => {
      throw networkFailure('ECONNREFUSED')
    }
    const { exitCode, notices } = await call([], api).result
    assert.equal(exitCode, 1)
    assert.equal(
      notices,
      `mintmark: the API at ${the.audience} cannot be reached (ECONNREFUSED); ` +
        'check the URL and the network\n',
    )
  })

  it('asks for no token when there is something wrong with the call itself', async () => {
    const wrong = [
      ['-H', 'no colon'],
      ['-H', 'bad name: x'],
      ['-H', 'x: \u0100'],
      ['-H', 'AUTHORIZATION: x'],
      ['-X', 'TRACE'],
      ['-X', 'G E T'],
      ['-X', 'GET', '-d', 'a'],
      ['-d', '@missing'],
    ]
    for (const flags of wrong) {
      const { result, requests } = call(flags, echo)
      assert.notEqual((await result).exitCode, 0, flags.join(' '))
      assert.equal(requests.length, 0)
    }
  })

  it('sends the token nowhere but to the origin that was called', async () => {
    const scripted = network({
      api: () => new Response(null, { status: 307, headers: { location: 'https://b.example/' } }),
    })
    scripted.respond('https://b.example/', echo)
    const argv = ['call', decisions, ...credentials]
    await run(argv, { transport: scripted.transport, variables })
    assert.equal(scripted.requestsTo('https://b.example/').length, 0)
  })
})
