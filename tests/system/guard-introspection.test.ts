/**
 * Opaque tokens at an API: guards that ask our authorization server, and somebody else's, over real connections; what
 * they ask, what they remember, and what becomes of it when nobody answers.
 */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createTokenClient, privateKeyJwt } from '@mintmark/client'
import { serialiseJwkSet } from '@mintmark/jwt'
import {
  createGuard,
  type Guard,
  type GuardEvent,
  type GuardOptions,
} from '@mintmark/resource-server'
import { type IntrospectionOptions, introspection } from '@mintmark/resource-server/introspection'
import { eventually, fixtureKeys, the } from '@mintmark/testkit'
import { oidcProvider, opaqueWorld } from './introspection-world.ts'

const GARBAGE = 10_000

interface GuardInTest {
  readonly guard: Guard
  readonly events: readonly GuardEvent[]
  /** Questions sent so far. */
  questions(): number
  code(token: string, isFresh?: boolean): Promise<string>
}

/** A guard that counts what it asks. */
function guardOf(
  test: TestContext,
  issuer: string,
  options: IntrospectionOptions,
  more: Partial<GuardOptions> = {},
): GuardInTest {
  const events: GuardEvent[] = []
  let questions = 0
  const guard = createGuard({
    ...{ issuer, audience: the.audience, introspection: introspection(options) },
    observer: (event) => events.push(event),
    transport: (url, init) => {
      if (init?.method === 'POST') questions += 1
      return fetch(url, init)
    },
    ...more,
  })
  test.after(() => guard.dispose())
  return {
    ...{ guard, events, questions: () => questions },
    code: async (token, isFresh = false) => {
      const request = { headers: { authorization: `Bearer ${token}` } }
      const verdict = await guard.check(request, { scope: 'decisions:read', fresh: isFresh })
      return verdict.admitted ? 'admitted' : verdict.code
    },
  }
}

describe('opaque tokens of our authorization server', () => {
  test('are asked about once, and refused within the bound once they are revoked [R3]', async (context) => {
    const world = await opaqueWorld(context)
    const api = guardOf(context, world.issuer, { ...world.asApi, cacheSecondsMax: 2 })
    const token = await world.newToken()
    assert.ok(!token.startsWith('ey'))
    for (let at = 0; at < 100; at += 1) assert.equal(await api.code(token), 'admitted')
    assert.equal(api.questions(), 1)
    await world.revoke(token)
    assert.equal(await api.code(token), 'admitted')
    const startedAt = performance.now()
    await eventually(async () => assert.equal(await api.code(token), 'inactive'))
    assert.ok(performance.now() - startedAt < 2_500)
    assert.ok(api.questions() <= 3)
  })

  test('are refused at once where a route wants to know, and from then on everywhere [R3]', async (context) => {
    const world = await opaqueWorld(context)
    const api = guardOf(context, world.issuer, { ...world.asApi, cacheSecondsMax: 3_600 })
    const token = await world.newToken()
    assert.equal(await api.code(token), 'admitted')
    await world.revoke(token)
    assert.equal(await api.code(token), 'admitted')
    assert.equal(await api.code(token, true), 'inactive')
    assert.equal(await api.code(token), 'inactive')
  })

  test('are refused as soon as the feed lists them, however long answers are used [R3] [R6]', async (context) => {
    const world = await opaqueWorld(context)
    const options = { ...world.asApi, cacheSecondsMax: 3_600 }
    const revocation = { follow: true } as const
    const api = guardOf(context, world.issuer, options, { revocation })
    const token = await world.newToken()
    assert.equal(await api.code(token), 'admitted')
    await world.revoke(token)
    await eventually(async () => assert.equal(await api.code(token), 'revoked'))
    assert.equal(api.questions(), 1)
  })

  test('are asked about with any credential, and in signed answers [R3]', async (context) => {
    const world = await opaqueWorld(context)
    const jwks = serialiseJwkSet([fixtureKeys.ES256])
    await world.register('by-key', {
      ...{ authenticationMethods: ['private_key_jwt'], settings: { keys: { kind: 'jwks', jwks } } },
      servesResources: [the.audience],
    })
    const secret = await world.register('by-token')
    const client = createTokenClient({
      ...{ issuer: world.issuer, clientId: 'by-token', clientSecret: secret, scope: 'introspect' },
      allowedOrigins: [world.issuer],
    })
    context.after(() => client.dispose())
    const key = fixtureKeys.ES256
    const ways: readonly IntrospectionOptions[] = [
      { clientId: 'by-key', clientAuthentication: privateKeyJwt({ key }) },
      { client },
      { ...world.asApi, signed: true },
    ]
    for (const way of ways) {
      const api = guardOf(context, world.issuer, way)
      assert.equal(await api.code(await world.newToken()), 'admitted', JSON.stringify(api.events))
      assert.equal(await api.code('garbage'), 'inactive')
    }
  })

  test('stay remembered through a flood of ten thousand that are none [R3]', async (context) => {
    const world = await opaqueWorld(context)
    const api = guardOf(context, world.issuer, { ...world.asApi, cacheSecondsMax: 3_600 })
    const tokens = await Promise.all(Array.from({ length: 50 }, () => world.newToken()))
    for (const token of tokens) assert.equal(await api.code(token), 'admitted')
    const seen = new Set<string>()
    const sender = async (first: number): Promise<void> => {
      for (let at = first; at < GARBAGE; at += 100) seen.add(await api.code(`mmo_garbage-${at}`))
    }
    await Promise.all(Array.from({ length: 100 }, (_, first) => sender(first)))
    assert.ok([...seen].every((code) => /^(?:inactive|introspection_unavailable)$/.test(code)))
    const asked = api.questions()
    for (const token of tokens) assert.equal(await api.code(token), 'admitted')
    assert.equal(api.questions(), asked)
  })

  test('are admitted within the bound while their issuer is away; new ones get 503 [R3] [R4]', async (context) => {
    const world = await opaqueWorld(context)
    const api = guardOf(context, world.issuer, { ...world.asApi, cacheSecondsMax: 3_600 })
    await api.guard.warm()
    const [known, unknown] = await Promise.all([world.newToken(), world.newToken()])
    assert.equal(await api.code(known), 'admitted')
    await world.stop()
    assert.equal(await api.code(known), 'admitted')
    assert.equal(await api.code(unknown), 'introspection_unavailable')
    assert.equal(api.guard.ready().state, 'failing')
    await world.start()
    await eventually(async () => assert.equal(await api.code(unknown), 'admitted'))
    assert.equal(api.guard.ready().state, 'ready')
  })

  test('cannot be judged with a wrong secret: an outage that the operator sees [R3] [R4]', async (context) => {
    const world = await opaqueWorld(context)
    const api = guardOf(context, world.issuer, { ...world.asApi, clientSecret: 'wrong' })
    assert.equal(await api.code(await world.newToken()), 'introspection_unavailable')
    const failures = api.events.flatMap((event) =>
      event.type === 'introspection_failed' ? [event.failure] : [],
    )
    assert.deepEqual(failures, ['caller_refused'])
  })
})

describe('opaque tokens of oidc-provider', () => {
  test('are admitted, remembered, and refused once they are revoked [R3]', async (context) => {
    const { issuer, post } = await oidcProvider(context)
    const api = guardOf(context, issuer, {
      ...{ clientId: 'the-api', clientSecret: the.clientSecret, inactiveSeconds: 0 },
    })
    const form = {
      grant_type: 'client_credentials',
      resource: the.audience,
      scope: 'decisions:read',
    }
    const { access_token: token } = (await (await post('/token', form)).json()) as {
      access_token: string
    }
    for (let at = 0; at < 10; at += 1) assert.equal(await api.code(token), 'admitted')
    assert.equal(api.questions(), 1)
    assert.equal(await api.code('garbage'), 'inactive')
    assert.equal((await post('/token/revocation', { token })).status, 200)
    assert.equal(await api.code(token), 'admitted')
    assert.equal(await api.code(token, true), 'inactive')
  })

  test('without audience are admitted only where that is said to be enough [R3]', async (context) => {
    const { issuer, post } = await oidcProvider(context)
    const options = { clientId: 'the-api', clientSecret: the.clientSecret }
    const form = { grant_type: 'client_credentials', scope: 'decisions:read' }
    const { access_token: token } = (await (await post('/token', form)).json()) as {
      access_token: string
    }
    assert.equal(await guardOf(context, issuer, options).code(token), 'claim_missing')
    const lenient = guardOf(context, issuer, { ...options, acceptMissingAudience: true })
    assert.equal(await lenient.code(token), 'admitted')
  })
})
