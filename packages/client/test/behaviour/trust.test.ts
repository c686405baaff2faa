/**
 * Somebody who can write metadata, answer with a redirect or hand over a URL, and a port of theirs that counts what
 * arrives: no secret, no assertion and no token does (requirement C12).
 */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretJson,
  clientSecretPost,
  createTokenClient,
  privateKeyJwt,
  type TokenClientOptions,
} from '@mintmark/client'
import { findSecret, fixtureKeys, some, startLoopbackServer, the } from '@mintmark/testkit'
import { failureOf } from '../client-world.ts'

const accessToken = JSON.parse(some.tokenResponse()).access_token as string
const WELL_KNOWN = '/.well-known/oauth-authorization-server'

const methods: readonly ClientAuthentication[] = [
  clientSecretBasic(the.clientSecret),
  clientSecretPost(the.clientSecret),
  clientSecretJson(the.clientSecret),
  privateKeyJwt({ key: fixtureKeys.ES256 }),
]

interface Attacker {
  readonly port: number
  /** Everything that arrived, byte for byte. */
  received(): string
}

/** Takes every connection, and answers like a token endpoint in the hope of more. */
async function attackerIn(context: TestContext): Promise<Attacker> {
  let received = ''
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      const body = some.tokenResponse()
      const head = `content-type: application/json\r\ncontent-length: ${body.length}`
      socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  context.after(() => server.close())
  const address = server.address()
  assert(typeof address === 'object' && address !== null)
  return { port: address.port, received: () => received }
}

async function originOf(context: TestContext, listener: RequestListener): Promise<string> {
  const server = await startLoopbackServer(listener)
  context.after(() => server.close())
  return server.origin
}

function json(body: object | string): RequestListener {
  return (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

function clientOf(options: Partial<TokenClientOptions>) {
  return createTokenClient({
    clientId: the.clientId,
    scope: the.scope,
    deadlineMs: 300,
    ...options,
  })
}

test('metadata that names a token endpoint elsewhere sends no byte there [C12]', async (context) => {
  const attacker = await attackerIn(context)
  const elsewhere = [
    `http://127.0.0.1:${attacker.port}/token`,
    `http://localhost:${attacker.port}/token`,
    `http://[::1]:${attacker.port}/token`,
    `http://127.0.0.2:${attacker.port}/token`,
  ]
  for (const token_endpoint of elsewhere) {
    for (const clientAuthentication of methods) {
      let origin = ''
      origin = await originOf(context, (request, response) =>
        json({ issuer: origin, token_endpoint, response_types_supported: [] })(request, response),
      )
      const client = clientOf({ issuer: origin, clientAuthentication })
      const { code, kind } = await failureOf(client.token())
      assert.deepEqual([code, kind], ['token_endpoint_foreign', 'misconfigured'], token_endpoint)
    }
  }
  assert.equal(attacker.received(), '')
})

test('another name of the same machine and port is another origin [C12]', async (context) => {
  let port = ''
  let tokenRequests = 0
  const origin = await originOf(context, (request, response) => {
    if (request.method === 'POST') tokenRequests += 1
    const token_endpoint = `http://localhost:${port}/token`
    json({ issuer: origin, token_endpoint, response_types_supported: [] })(request, response)
  })
  port = new URL(origin).port
  const client = clientOf({ issuer: origin, clientSecret: the.clientSecret })
  assert.equal((await failureOf(client.token())).code, 'token_endpoint_foreign')
  assert.equal(tokenRequests, 0)

  const seen: (string | undefined)[] = []
  const api = await originOf(context, (request, response) => {
    seen.push(request.headers.authorization)
    response.end()
  })
  const issuing = await originOf(context, json(some.tokenResponse()))
  const tokenEndpoint = `${issuing}/token`
  const caller = clientOf({ tokenEndpoint, clientSecret: the.clientSecret, allowedOrigins: [api] })
  const alias = api.replace('127.0.0.1', 'localhost')
  assert.equal((await failureOf(caller.fetch(alias))).code, 'origin_not_allowed')
  assert.equal((await caller.fetch(api)).status, 200)
  assert.deepEqual(seen, [`Bearer ${accessToken}`])
})

test('a redirect of the token endpoint, whichever it is, sends no byte elsewhere [C12]', async (context) => {
  const attacker = await attackerIn(context)
  const location = `http://127.0.0.1:${attacker.port}/token`
  for (const status of [300, 301, 302, 303, 305, 307, 308]) {
    for (const clientAuthentication of methods) {
      const origin = await originOf(context, (request, response) => {
        request.resume()
        response.writeHead(status, ['Location', location, 'Refresh', `0;url=${location}`]).end()
      })
      const client = clientOf({ tokenEndpoint: `${origin}/token`, clientAuthentication })
      assert.equal((await failureOf(client.token())).code, 'endpoint_misconfigured', `${status}`)
    }
  }
  assert.equal(attacker.received(), '')
})

test('metadata behind a redirect, or of another issuer, is not used [C12]', async (context) => {
  const attacker = await attackerIn(context)
  const evil = `http://127.0.0.1:${attacker.port}`
  const redirecting = await originOf(context, (request, response) => {
    response.writeHead(request.url?.startsWith(WELL_KNOWN) ? 307 : 404, { location: evil }).end()
  })
  const unread = await failureOf(
    clientOf({ issuer: redirecting, clientSecret: the.clientSecret }).token(),
  )
  assert.equal(unread.code, 'metadata_unavailable')
  const document = { issuer: evil, token_endpoint: `${evil}/token`, response_types_supported: [] }
  const lying = await originOf(context, json(document))
  const refused = await failureOf(
    clientOf({ issuer: lying, clientSecret: the.clientSecret }).token(),
  )
  assert.equal(refused.code, 'metadata_not_conforming')
  assert.equal(attacker.received(), '')
})

test('no URL off this machine is used in the clear, nor one with a name in it [C12]', () => {
  const urls = [
    'http://issuer.example',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://0.0.0.0',
    'http://2130706433.example',
    'https://issuer.example@evil.example',
    'ftp://127.0.0.1',
  ]
  for (const url of urls) {
    const secret = { clientSecret: the.clientSecret }
    assert.throws(() => clientOf({ issuer: url, ...secret }), /^TypeError: issuer: /, url)
    const tokenEndpoint = `${url}/token`
    assert.throws(() => clientOf({ tokenEndpoint, ...secret }), /^TypeError: tokenEndpoint: /, url)
  }
})

test('a URL that somebody hands over gets no byte, and a redirect of the API no token [C12]', async (context) => {
  const attacker = await attackerIn(context)
  const evil = `http://127.0.0.1:${attacker.port}`
  const issuing = await originOf(context, json(some.tokenResponse()))
  const api = await originOf(context, (request, response) => {
    request.resume()
    response.writeHead(Number(request.url?.slice(1)), { location: `${evil}/orders` }).end()
  })
  const client = clientOf({
    tokenEndpoint: `${issuing}/token`,
    clientSecret: the.clientSecret,
    allowedOrigins: [api],
  })
  const port = new URL(api).port
  const handedOver = [
    `${evil}/orders`,
    `http://127.0.0.1:${port}@127.0.0.1:${attacker.port}/`,
    `http://localhost:${attacker.port}/#${api}`,
    `http://127.0.0.1:${attacker.port}/?${api}`,
  ]
  for (const url of handedOver) {
    assert.equal((await failureOf(client.fetch(url))).code, 'origin_not_allowed', url)
  }
  assert.equal(attacker.received(), '')
  for (const status of [301, 302, 303, 307, 308]) {
    const body = status === 307 || status === 308 ? 'an order' : null
    await client.fetch(`${api}/${status}`, { method: 'POST', body })
  }
  const received = attacker.received()
  assert.match(received, /HTTP\/1\.1/)
  for (const secret of [accessToken, the.clientSecret]) {
    assert.equal(findSecret(received, secret), undefined)
  }
  assert.doesNotMatch(received, /authorization|client_|dpop/i)
})
