import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acquisitionError, clientWorld, outcomeOf, tokenError } from '../client-world.ts'

test('stops a caller that makes up audiences, and leaves the tokens of the others alone [C16]', async () => {
  const { client, clock, tokenEndpoint, events } = clientWorld(
    { mintBudget: { perHour: 20, isEnforced: true } },
    { expiresInSeconds: 900 },
  )
  await client.token()
  let refused = 0
  for (let minute = 0; minute < 60; minute += 1) {
    for (let made = 0; made < 10; made += 1) {
      const { error } = await outcomeOf(client.for({ audience: `${minute} ${made}` }).token())
      if (error !== undefined) {
        refused += 1
        const { code, kind, attempts } = acquisitionError(error)
        assert.deepEqual([code, kind, attempts], ['mint_budget_spent', 'throttled', 0])
      }
    }
    assert.notEqual(client.currentToken(), undefined, `after ${minute} minutes`)
    await clock.advance(60_000)
  }
  // The budget, and the renewals of the one token that somebody goes on using.
  assert(tokenEndpoint.requestCount <= 20 + 6, `${tokenEndpoint.requestCount} requests`)
  assert.equal(refused, 600 - 19)
  const types = events.map(({ type }) => type)
  assert.equal(types.filter((type) => type === 'mint_budget_near').length, 1)
  assert.equal(types.filter((type) => type === 'mint_budget_spent').length, 1)
})

test('lets callers know when the budget is there again, and lets them in then [C16]', async () => {
  const { client, clock } = clientWorld({ mintBudget: { perHour: 1, isEnforced: true } })
  await client.token()
  await clock.advance(1_800_000)
  const view = client.for({ audience: 'b' })
  const { retryAfterMs } = acquisitionError((await outcomeOf(view.token())).error)
  assert.equal(retryAfterMs, 1_800_000)
  await clock.advance(1_800_000)
  assert.equal((await outcomeOf(view.token())).error, undefined)
})

test('counts requests that are sent, not those that a breaker holds back [C7] [C16]', async () => {
  const { client, clock, tokenEndpoint, events } = clientWorld({ mintBudget: { perHour: 5 } })
  tokenEndpoint.fail(tokenError('invalid_client', 401))
  for (let call = 0; call < 50; call += 1) {
    await outcomeOf(client.token())
    await clock.advance(100)
  }
  assert.equal(tokenEndpoint.requestCount, 1)
  assert.equal(
    events.some(({ type }) => type.startsWith('mint_budget')),
    false,
  )
})

test('only tells of a budget that is not enforced [C16]', async () => {
  const { client, tokenEndpoint, events } = clientWorld({ mintBudget: { perDay: 5 } })
  for (let made = 0; made < 10; made += 1) await client.for({ audience: `${made}` }).token()
  assert.equal(tokenEndpoint.requestCount, 10)
  const told = events.filter(({ type }) => type.startsWith('mint_budget'))
  assert.deepEqual(told, [
    { type: 'mint_budget_near', windowSeconds: 86_400, limit: 5, isEnforced: false },
    { type: 'mint_budget_spent', windowSeconds: 86_400, limit: 5, isEnforced: false },
  ])
})
