import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attackerKeys } from '@mintmark/testkit'
import { the } from '../../serving.ts'
import { lastRefusal, presentAssertion, servingAsserter, someAssertion } from '../asserting.ts'

for (const replayStore of ['storage', 'memory'] as const) {
  test(`an assertion gets one token, however often it is sent at once (${replayStore}) [A6]`, async () => {
    await using world = await servingAsserter({}, { replayStore })
    const assertion = await someAssertion()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => presentAssertion(world, assertion)),
    )
    const statuses = answers.map(({ status }) => status).toSorted()
    assert.deepEqual(statuses, [200, ...Array<number>(9).fill(401)])
    const reasons = world.events.flatMap((event) =>
      event.type === 'request_refused' ? [event.reason] : [],
    )
    assert.deepEqual(reasons, Array<string>(9).fill('assertion_replayed'))
  })

  test(`what is refused does not use an identifier up (${replayStore}) [A6]`, async () => {
    await using world = await servingAsserter({}, { replayStore })
    const claims = { jti: 'wanted' }
    const forged = { key: { ...attackerKeys.ES256, kid: 'fixture-es256' }, claims }
    await presentAssertion(world, await someAssertion(forged))
    assert.equal(lastRefusal(world), 'assertion_signature_wrong')
    await presentAssertion(world, await someAssertion({ claims: { ...claims, aud: 'x' } }))
    assert.equal(lastRefusal(world), 'assertion_audience_wrong')
    const right = await presentAssertion(world, await someAssertion({ claims }))
    assert.equal(right.status, 200)
  })
}

test('a jti is used up for its client, also when a second assertion carries it [A6]', async () => {
  await using world = await servingAsserter()
  const claims = { jti: 'once' }
  await presentAssertion(world, await someAssertion({ claims }))
  const again = { ...claims, exp: the.nowSeconds + 200 }
  await presentAssertion(world, await someAssertion({ claims: again }))
  assert.equal(lastRefusal(world), 'assertion_replayed')
})

test('a replay store that is indispensable and away is a 503, not a 401 [A6]', async () => {
  const consumeReplay = () => Promise.reject(new Error('away'))
  const options = { replayStore: { consumeReplay }, replayWhenUnavailable: 'refuse' } as const
  await using world = await servingAsserter({}, options)
  const response = await presentAssertion(world, await someAssertion())
  assert.equal(response.status, 503)
  assert.ok(response.headers.has('retry-after'))
})
