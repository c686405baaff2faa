import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenAcquisitionError } from '@mintmark/client'
import { the } from '@mintmark/testkit'
import { clientWorld, outcomeOf } from '../client-world.ts'

test('assumes 300 s for a token without a lifetime, and says so once [C2]', async () => {
  const { client, clock, events } = clientWorld({}, { overrides: { expires_in: undefined } })
  const token = await client.token()
  assert.equal(token.expiresAt.getTime(), clock.wallMs() + 300_000)
  await client.for({ audience: 'b' }).token()
  const told = events.filter(({ type }) => type === 'lifetime_missing')
  assert.equal(told.length, 1)
  assert.equal(told[0]?.type === 'lifetime_missing' && told[0].assumedSeconds, 300)
})

test('refuses a token that is over before it can be used, and does not ask in a loop [C2]', async () => {
  const { client, tokenEndpoint } = clientWorld({}, { expiresInSeconds: 0 })
  for (let call = 0; call < 100; call += 1) {
    const { error } = await outcomeOf(client.token())
    assert(error instanceof TokenAcquisitionError)
    assert.deepEqual([error.code, error.kind], ['token_not_usable', 'terminal'])
  }
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('refuses a token of another type than Bearer [C1]', async () => {
  for (const tokenType of ['DPoP', 'mac', 'N_A']) {
    const { client, tokenEndpoint } = clientWorld({}, { overrides: { token_type: tokenType } })
    const { error } = await outcomeOf(client.token())
    assert(error instanceof TokenAcquisitionError)
    assert.equal(error.code, 'token_type_mismatch', tokenType)
    assert.equal(tokenEndpoint.requestCount, 1)
  }
  const { client } = clientWorld({}, { overrides: { token_type: 'bEARER' } })
  assert.equal((await client.token()).tokenType, 'bEARER')
})

test('keeps no token that was granted for less than it was asked for [C1]', async () => {
  const { client, tokenEndpoint, events } = clientWorld(
    {},
    { overrides: { scope: 'decisions:read' } },
  )
  for (let call = 0; call < 3; call += 1) {
    const { error } = await outcomeOf(client.token())
    assert(error instanceof TokenAcquisitionError)
    assert.deepEqual([error.code, error.kind], ['scope_narrowed', 'terminal'])
  }
  assert.equal(client.ready(), false)
  assert.equal(tokenEndpoint.requestCount, 1)
  assert.equal(events.filter(({ type }) => type === 'scope_narrowed').length, 1)
})

test('accepts a narrower, wider, untold or wildcard grant where that is right [C1]', async () => {
  const rows: readonly [options: object, granted: string | undefined, scope: string | undefined][] =
    [
      [{ narrowedScope: 'accept' }, 'decisions:read', 'decisions:read'],
      [{}, undefined, the.scope],
      [{}, '', the.scope],
      [{}, `${the.scope} more`, `${the.scope} more`],
      [{ scope: '*' }, 'a b', 'a b'],
      [{ scope: '*' }, undefined, '*'],
      [{ scope: '' }, undefined, undefined],
      [{ scope: '' }, 'a', 'a'],
    ]
  for (const [options, granted, scope] of rows) {
    const { client } = clientWorld(options, { overrides: { scope: granted } })
    assert.equal((await client.token()).scope, scope, JSON.stringify([options, granted]))
  }
})
