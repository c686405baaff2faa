import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import { clientWorld, emptyAnswer, outcomeOf } from '../client-world.ts'

const down = emptyAnswer(503)

test('tells to the second how long calls go on when the endpoint goes down at the worst moment [C16]', async () => {
  for (const surviveOutageSeconds of [undefined, 1_800]) {
    const options = surviveOutageSeconds === undefined ? {} : { surviveOutageSeconds }
    const { client, clock, network, tokenEndpoint } = clientWorld(options)
    await client.token()
    // The worst moment is the one before the renewal, which is then the first request to fail.
    let failures = 0
    network.respond(the.tokenEndpoint, () => {
      failures += 1
      return down()
    })
    while (failures === 0) {
      await clock.advance(1_000)
      await client.token()
      await clock.advance(0)
    }
    const toldSeconds = client.outageBudgetSeconds() ?? Number.NaN
    assert(toldSeconds >= (surviveOutageSeconds ?? 0) - 1, `${toldSeconds} s`)
    let lastedSeconds = 0
    while ((await outcomeOf(client.token({ deadlineMs: 1 }))).error === undefined) {
      await clock.advance(1_000)
      lastedSeconds += 1
    }
    assert(Math.abs(toldSeconds - lastedSeconds) <= 1, `${toldSeconds} s, ${lastedSeconds} s`)
    assert.equal(client.outageBudgetSeconds(), 0)
    network.respond(the.tokenEndpoint, tokenEndpoint.responder)
    await clock.advance(5_000)
    void outcomeOf(client.token())
    await clock.advance(5_000)
    assert.equal(client.outageBudgetSeconds(), 3_570 - 5)
  }
})

test('goes by the token that ends first, of those in use [C16]', async () => {
  const { client, clock } = clientWorld()
  assert.equal(client.outageBudgetSeconds(), undefined)
  await client.token()
  assert.equal(client.outageBudgetSeconds(), 3_570)
  await clock.advance(300_000)
  const view = client.for({ audience: 'b' })
  assert.equal(view.outageBudgetSeconds(), 3_270)
  await view.token()
  assert.equal(view.outageBudgetSeconds(), 3_270)
  // Nobody has asked for the first one for ten minutes.
  await clock.advance(299_999)
  assert.equal(client.outageBudgetSeconds(), 2_970.001)
  await clock.advance(1)
  assert.equal(client.outageBudgetSeconds(), 3_270)
  await clock.advance(300_000)
  assert.equal(client.outageBudgetSeconds(), undefined)
})

test('is nothing while a key in use has no token, and undefined ten minutes later [C16]', async () => {
  const { client, clock, tokenEndpoint } = clientWorld()
  tokenEndpoint.hold()
  const waiting = client.token()
  assert.equal(client.outageBudgetSeconds(), 0)
  await clock.advance(0)
  tokenEndpoint.release()
  await waiting
  assert.equal(client.outageBudgetSeconds(), 3_570)
  client.forget()
  assert.equal(client.outageBudgetSeconds(), 0)
  await clock.advance(600_000)
  assert.equal(client.outageBudgetSeconds(), undefined)
})

test('counts a key that is kept warm, however long nobody asks for it [C16]', async () => {
  const { client, clock } = clientWorld({ keepWarm: true })
  await client.warm()
  await clock.advance(86_400_000)
  const budget = client.outageBudgetSeconds() ?? Number.NaN
  assert(budget > 0 && budget <= 3_570, `${budget} s`)
})
