/** Whole clients of one process that share a store, as a program with several of them has it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock, findSecret, memorySharedStore, the } from '@mintmark/testkit'
import { createSealing } from '../../src/shared-store/sealing.ts'
import type { Publication } from '../../src/shared-store/shared-store.ts'
import { sharedTokenStore } from '../../src/shared-store/shared-token-store.ts'
import { type ClientWorld, clientWorld, failureOf, tokenError } from '../client-world.ts'

const keys = new Uint8Array(32).fill(7)

interface SharedWorld {
  readonly clock: FakeClock
  /** Everything that was published: whatever the store knows has been in it. */
  readonly published: readonly Publication[]
  client(options?: Parameters<typeof clientWorld>[0]): ClientWorld
}

function sharedWorld(): SharedWorld {
  const clock = new FakeClock()
  const driver = memorySharedStore({ clock })
  const store = sharedTokenStore({ driver, sealing: createSealing({ keys }) })
  const published: Publication[] = []
  void driver.subscribe(
    (publication) => published.push(publication),
    () => undefined,
  )
  return { clock, published, client: (options) => clientWorld({ store, clock, ...options }) }
}

describe('clients that share a store', () => {
  it('share their token, in one process as in several [C4]', async () => {
    const world = sharedWorld()
    const [one, other] = [world.client(), world.client()]
    const token = await one.client.token()
    assert.equal((await other.client.token()).reveal(), token.reveal())
    assert.equal(other.tokenEndpoint.requestCount, 0)
    assert.equal((await other.client.token()).expiresAt.getTime(), token.expiresAt.getTime())
  })

  it('share nothing with a client of another id, scope or token endpoint [C1]', async () => {
    const world = sharedWorld()
    await world.client().client.token()
    const others = [
      world.client({ clientId: 'partner-b' }),
      world.client({ scope: 'decisions:read' }),
      world.client({ audience: the.audience }),
    ]
    for (const { client, tokenEndpoint } of others) {
      await client.token()
      assert.equal(tokenEndpoint.requestCount, 1)
    }
  })

  it('do not repeat a request with a secret that was refused to one of them [C7]', async () => {
    const world = sharedWorld()
    const [one, other] = [world.client(), world.client({ scope: 'decisions:read' })]
    one.tokenEndpoint.fail(tokenError('invalid_client', 401))
    assert.equal((await failureOf(one.client.token())).code, 'client_refused')
    const failure = await failureOf(other.client.token())
    assert.equal(failure.code, 'client_refused')
    assert.equal(other.tokenEndpoint.requestCount, 0)
  })

  it('try another secret at once [C7]', async () => {
    const world = sharedWorld()
    const [one, other] = [world.client(), world.client({ clientSecret: 'another-secret-for-a' })]
    one.tokenEndpoint.fail(tokenError('invalid_client', 401))
    await failureOf(one.client.token())
    await other.client.token()
    assert.equal(other.tokenEndpoint.requestCount, 1)
  })

  it('hear it when the secret is accepted again [C7]', async () => {
    const world = sharedWorld()
    const [one, other] = [world.client(), world.client({ scope: 'decisions:read' })]
    one.tokenEndpoint.fail(tokenError('invalid_client', 401))
    await failureOf(one.client.token())
    await failureOf(other.client.token())
    await world.clock.advance(30_000)
    await one.client.token()
    assert.equal(one.events.filter(({ type }) => type === 'circuit_closed').length, 1)
    await other.client.token()
  })

  it('obey the pause that the server asked one of them for [C7]', async () => {
    const world = sharedWorld()
    const [one, other] = [world.client(), world.client({ scope: 'decisions:read' })]
    one.tokenEndpoint.fail(tokenError('slow_down', 429, { 'retry-after': '20' }))
    assert.equal((await failureOf(one.client.token())).code, 'rate_limited')
    const failure = await failureOf(other.client.token())
    assert.equal(failure.code, 'rate_limited')
    assert.equal(other.tokenEndpoint.requestCount, 0)
  })

  it('drop their tokens together [C8]', async () => {
    const world = sharedWorld()
    const [one, other] = [world.client(), world.client()]
    const { fingerprint } = await one.client.token()
    await other.client.token()
    one.client.forget()
    assert.notEqual((await one.client.token()).fingerprint, fingerprint)
    assert.notEqual((await other.client.token()).fingerprint, fingerprint)
  })

  it('can join after another has left', async () => {
    const world = sharedWorld()
    const one = world.client()
    const { fingerprint } = await one.client.token()
    await one.client.dispose()
    const other = world.client()
    assert.equal((await other.client.token()).fingerprint, fingerprint)
  })

  it('are forgotten by the store when their cache has let go of a key', async () => {
    const world = sharedWorld()
    const { client, events } = world.client({ keysMax: 1 })
    await client.token()
    await client.for({ scope: 'decisions:read' }).token()
    const other = world.client()
    const { fingerprint } = await other.client.token()
    other.client.forget()
    await other.client.token()
    const told = events.filter(({ type }) => type === 'token_retired' || type === 'token_adopted')
    assert.deepEqual(told, [], fingerprint)
  })

  it('give neither token nor secret nor name to the store [C9]', async () => {
    const world = sharedWorld()
    const { client, tokenEndpoint } = world.client()
    await client.token()
    client.forget()
    await client.token()
    const text = JSON.stringify(world.published)
    for (const secret of [the.clientSecret, tokenEndpoint.token(1), tokenEndpoint.token(2)]) {
      assert.equal(findSecret(text, secret), undefined)
    }
    assert(!text.includes(the.clientId) && !text.includes('decisions'))
  })
})
