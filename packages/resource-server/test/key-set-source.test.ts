import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseIssuer } from '@mintmark/protocol'
import {
  createScriptedTransport,
  jsonResponse,
  networkFailure,
  type ScriptedTransport,
  some,
  the,
} from '@mintmark/testkit'
import type { GuardEvent } from '../src/events.ts'
import { KeySetSource } from '../src/key-set-source.ts'

const OPENID_URL = `${the.issuer}/.well-known/openid-configuration`
const UNAVAILABLE = jsonResponse('', { status: 503 })

interface SourceWorld {
  readonly network: ScriptedTransport
  readonly events: readonly GuardEvent[]
  readonly source: KeySetSource
  /** One fetch: the status, or what it rejected with. Anything but 200 is distrusted. */
  fetch(): Promise<number | string>
  /** The URLs asked for since the last call. */
  asked(): readonly string[]
}

function sourceWorld(jwksUri?: string): SourceWorld {
  const network = createScriptedTransport()
  const events: GuardEvent[] = []
  network.respond(the.metadataUrl, jsonResponse(some.serverMetadata()))
  network.respond(the.jwksUri, jsonResponse({ keys: [] }))
  const issuer = parseIssuer(the.issuer)
  assert.ok(issuer.ok)
  const trusted = {
    issuer: issuer.value,
    audiences: [the.audience],
    jwksUri: jwksUri === undefined ? undefined : new URL(jwksUri),
  }
  const source = new KeySetSource(trusted, network.transport, (event) => events.push(event))
  let seen = 0
  return {
    network,
    events,
    source,
    fetch: () =>
      source.fetch().then(
        ({ status }) => {
          if (status !== 200) source.distrust()
          return status
        },
        (error: Error) => {
          source.distrust()
          return error.message
        },
      ),
    asked: () => {
      const urls = network.requests.slice(seen).map(({ url }) => url)
      seen = network.requests.length
      return urls
    },
  }
}

describe('the source of a key set', () => {
  test('reads metadata once and keeps what it says while that serves', async () => {
    const world = sourceWorld()
    assert.equal(world.source.url, the.metadataUrl)
    assert.equal(await world.fetch(), 200)
    assert.equal(await world.fetch(), 200)
    assert.deepEqual(world.asked(), [the.metadataUrl, the.jwksUri, the.jwksUri])
    assert.equal(world.source.url, the.jwksUri)
    assert.deepEqual(world.events, [
      { type: 'metadata_fetched', issuer: the.issuer, jwksUri: the.jwksUri },
    ])
  })

  test('reads no metadata when the URL is configured, not even after a failure', async () => {
    const configured = 'https://keys.example/set'
    const world = sourceWorld(configured)
    world.network.respond(configured, UNAVAILABLE)
    assert.equal(world.source.url, configured)
    assert.equal(await world.fetch(), 503)
    assert.equal(await world.fetch(), 503)
    assert.deepEqual(world.asked(), [configured, configured])
  })

  test('follows a key set that moved', async () => {
    const world = sourceWorld()
    await world.fetch()
    const moved = 'https://issuer.example/new/jwks'
    world.network.respond(the.jwksUri, jsonResponse('', { status: 404 }))
    world.network.respond(the.metadataUrl, jsonResponse(some.serverMetadata({ jwks_uri: moved })))
    world.network.respond(moved, jsonResponse({ keys: [] }))
    world.asked()
    assert.equal(await world.fetch(), 404)
    assert.equal(await world.fetch(), 200)
    assert.deepEqual(world.asked(), [the.jwksUri, the.metadataUrl, moved])
  })

  test('goes on with the URL last known while metadata cannot be read', async () => {
    const world = sourceWorld()
    await world.fetch()
    world.network.respond(the.jwksUri, () => {
      throw networkFailure('ECONNRESET')
    })
    world.network.respond(the.metadataUrl, UNAVAILABLE)
    await world.fetch()
    world.network.respond(the.jwksUri, jsonResponse({ keys: [] }))
    world.asked()
    assert.equal(await world.fetch(), 200)
    assert.deepEqual(world.asked(), [the.metadataUrl, the.jwksUri])
  })

  test('passes deadline and headers on to the key set, and the deadline to metadata', async () => {
    const world = sourceWorld()
    const controller = new AbortController()
    controller.abort(new Error('too late'))
    await assert.rejects(world.source.fetch({ signal: controller.signal }), /does not say where/)
    assert.deepEqual(world.asked(), [])
    await world.source.fetch({ headers: { accept: 'application/jwk-set+json' } })
    const accepts = world.network.requests.map(({ headers }) => headers.get('accept'))
    assert.deepEqual(accepts, ['application/json', 'application/jwk-set+json'])
  })
})

describe('metadata', () => {
  for (const status of [400, 401, 403, 404, 405, 410]) {
    test(`that is not there (${status}) is looked for as an OpenID document`, async () => {
      const world = sourceWorld()
      world.network.respond(the.metadataUrl, jsonResponse('', { status }))
      world.network.respond(OPENID_URL, jsonResponse(some.serverMetadata()))
      assert.equal(await world.fetch(), 200)
      assert.deepEqual(world.asked(), [the.metadataUrl, OPENID_URL, the.jwksUri])
    })
  }

  const pages: readonly [string, () => Response, string][] = [
    ['a 204', () => new Response(null, { status: 204 }), 'status_not_ok'],
    ['a redirect', () => Response.redirect('https://login.example/'), 'redirected'],
    ['a page', () => new Response('<!doctype html>'), 'not_json'],
  ]
  for (const [title, respond, failure] of pages) {
    test(`in whose place there is ${title} is looked for as an OpenID document [R2]`, async () => {
      const world = sourceWorld()
      world.network.respond(the.metadataUrl, respond)
      world.network.respond(OPENID_URL, jsonResponse(some.serverMetadata()))
      assert.equal(await world.fetch(), 200)
      assert.deepEqual(world.asked(), [the.metadataUrl, OPENID_URL, the.jwksUri])
    })

    test(`in whose place there is ${title}, as in every other, is a failure [R2]`, async () => {
      const world = sourceWorld()
      for (const url of [the.metadataUrl, OPENID_URL]) world.network.respond(url, respond)
      await world.fetch()
      assert.deepEqual(world.events, [{ type: 'metadata_failed', issuer: the.issuer, failure }])
    })
  }

  test('that is in neither place is a failure', async () => {
    const world = sourceWorld()
    for (const url of [the.metadataUrl, OPENID_URL]) {
      world.network.respond(url, jsonResponse('', { status: 404 }))
    }
    await world.fetch()
    assert.deepEqual(world.events, [
      { type: 'metadata_failed', issuer: the.issuer, failure: 'status_not_ok' },
    ])
  })

  test('need not name a token endpoint, which an API has no use for [R2]', async () => {
    const world = sourceWorld()
    const published = some.serverMetadata({ token_endpoint: undefined })
    world.network.respond(the.metadataUrl, jsonResponse(published))
    assert.equal(await world.fetch(), 200)
  })

  test('that is a failure in its second place is one of that place', async () => {
    const world = sourceWorld()
    world.network.respond(the.metadataUrl, jsonResponse('', { status: 404 }))
    world.network.respond(OPENID_URL, jsonResponse({}))
    await world.fetch()
    assert.deepEqual(world.events, [
      { type: 'metadata_failed', issuer: the.issuer, failure: 'issuer_mismatch' },
    ])
  })

  const failures: readonly [string, () => Response, string][] = [
    ['no answer', () => fail(networkFailure('ECONNREFUSED')), 'unreachable'],
    ['a body that breaks off', () => new Response(brokenBody()), 'unreachable'],
    ['a 500', () => jsonResponse('', { status: 500 }), 'status_not_ok'],
    ['a 503', () => jsonResponse('', { status: 503 }), 'status_not_ok'],
    ['a 429', () => jsonResponse('', { status: 429 }), 'status_not_ok'],
    ['a 408', () => jsonResponse('', { status: 408 }), 'status_not_ok'],
    ['the empty object', () => jsonResponse({}), 'issuer_mismatch'],
    [
      'another issuer',
      () => jsonResponse(some.serverMetadata({ issuer: 'https://evil.example' })),
      'issuer_mismatch',
    ],
    [
      'our issuer with a slash more',
      () => jsonResponse(some.serverMetadata({ issuer: `${the.issuer}/` })),
      'issuer_mismatch',
    ],
    [
      'a key set in the clear',
      () => jsonResponse(some.serverMetadata({ jwks_uri: 'http://issuer.example/jwks' })),
      'endpoint_not_confidential',
    ],
    [
      'no key set',
      () => jsonResponse(some.serverMetadata({ jwks_uri: undefined })),
      'jwks_uri_missing',
    ],
    ['a body without end', () => jsonResponse(`{"x":"${'a'.repeat(300_000)}"}`), 'body_too_large'],
    ['octets that are not UTF-8', () => new Response(new Uint8Array([0xff])), 'not_utf8'],
  ]
  for (const [title, respond, failure] of failures) {
    test(`with ${title} fails as ${failure}, and the key set is not asked for`, async () => {
      const world = sourceWorld()
      world.network.respond(the.metadataUrl, respond)
      assert.match(String(await world.fetch()), /does not say where/)
      assert.deepEqual(world.asked(), [the.metadataUrl])
      assert.deepEqual(world.events, [{ type: 'metadata_failed', issuer: the.issuer, failure }])
    })
  }
})

function fail(error: Error): never {
  throw error
}

function brokenBody(): ReadableStream {
  return new ReadableStream({
    start: (controller) => controller.error(networkFailure('ECONNRESET')),
  })
}
