/**
 * What somebody who can write to Redis can do to the tokens in it: make them be asked for again, which is told, and
 * nothing else. Never is a token used for what it is not for, nor one that has been replaced.
 */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type RedisProcess } from '@mintmark/testkit'
import {
  type Member,
  refusals,
  type SharedTokensWorld,
  sharedTokensWorld,
} from './shared-tokens-world.ts'

const keys = Buffer.from('0123456789abcdefghijklmnopqrstuv')
const READ = { scope: 'decisions:read' }
const WRITE = { scope: 'applications:write' }

describe('tampering with a shared store', { concurrency: 4 }, () => {
  test('entries that were swapped are refused [C9]', async (t) => {
    const { world, names, redis } = await sharedScopes(t)
    const [one, other] = await Promise.all(names.map((name) => sealedOf(redis, name)))
    await put(redis, names[0], other)
    await put(redis, names[1], one)
    await asksAnew(world, 'not_authentic')
  })

  const damages: readonly (readonly [string, (sealed: Buffer) => Buffer, string])[] = [
    ['truncated', (sealed) => sealed.subarray(0, 200), 'malformed'],
    ['truncated by one byte', (sealed) => sealed.subarray(0, -1), 'malformed'],
    ['changed in one bit', (sealed) => changed(sealed, sealed.length - 60), 'not_authentic'],
    [
      'given another generation',
      (sealed) => changed(sealed, 2 + 'default'.length + 7),
      'not_authentic',
    ],
    ['replaced by something else', () => Buffer.from('{"access_token":"mine"}'), 'malformed'],
  ]
  for (const [title, damage, reason] of damages) {
    test(`entries that were ${title} are refused [C9]`, async (t) => {
      const { world, names, redis } = await sharedScopes(t)
      for (const name of names) {
        const sealed = Buffer.from(await sealedOf(redis, name), 'base64url')
        await put(redis, name, damage(sealed).toString('base64url'))
      }
      await asksAnew(world, reason)
    })
  }

  test('an entry of an older generation is refused when it is put back [C9]', async (t) => {
    const { world, names, redis, member } = await sharedScopes(t)
    const before = await Promise.all(names.map((name) => sealedOf(redis, name)))
    member.client.forget()
    await Promise.all([READ, WRITE].map((scope) => member.client.for(scope).token()))
    assert.equal(world.counts.tokenRequests, 4)
    await eventually(async () => {
      for (const name of names) assert.equal(await redis.command('hget', name, 'generation'), '2')
    })
    for (const [index, name] of names.entries()) await put(redis, name, before[index])
    await asksAnew(world, 'stale_generation')
  })

  test('a forged publication changes nothing [C9]', async (t) => {
    const { world, names, redis, member } = await sharedScopes(t)
    const tokens = await Promise.all([READ, WRITE].map((scope) => member.client.for(scope).token()))
    const swapped = await sealedOf(redis, names[1])
    for (const name of names) {
      const message = {
        ...{ kind: 'written', name: name.split(':').at(-1), generation: 2, sealed: swapped },
        ...{ remainingMs: 600_000, atMs: Date.now() },
      }
      await redis.command('publish', 'mintmark:published', JSON.stringify(message))
    }
    await eventually(() => assert.equal(refusals(member).length, 2))
    const after = await Promise.all([READ, WRITE].map((scope) => member.client.for(scope).token()))
    assert.deepEqual(after, tokens)
    assert.equal(world.counts.tokenRequests, 2)
  })
})

/** Two tokens in the store, for different scopes, and who put them there. */
async function sharedScopes(t: TestContext) {
  const world = await sharedTokensWorld(t)
  const { redis } = world
  const member = await world.join({ keys })
  for (const scope of [READ, WRITE]) await member.client.for(scope).token()
  const names = (await redis.command('keys', 'mintmark:token:*')).split('\n') as [string, string]
  return { world, redis, member, names }
}

/** A process that starts now refuses both entries for that reason, and gets the right tokens all the same. */
async function asksAnew(world: SharedTokensWorld, reason: string): Promise<void> {
  const before = world.counts.tokenRequests
  const next: Member = await world.join({ keys })
  for (const { scope } of [READ, WRITE]) {
    const token = await next.client.for({ scope }).token()
    assert.equal(world.tokens.get(token.reveal()), scope)
  }
  assert.deepEqual([...new Set(refusals(next))], [reason])
  assert.equal(world.counts.tokenRequests, before + 2)
  // What it has put there instead is good again.
  await sleep(50)
  const last = await world.join({ keys })
  for (const scope of [READ, WRITE]) await last.client.for(scope).token()
  assert.deepEqual(refusals(last), [])
  assert.equal(world.counts.tokenRequests, before + 2)
}

function sealedOf(redis: RedisProcess, name: string): Promise<string> {
  return redis.command('hget', name, 'sealed')
}

async function put(redis: RedisProcess, name: string, sealed = ''): Promise<void> {
  await redis.command('hset', name, 'sealed', sealed)
}

function changed(sealed: Buffer, at: number): Buffer {
  const copy = Buffer.from(sealed)
  copy[at] = (copy[at] ?? 0) ^ 4
  return copy
}
