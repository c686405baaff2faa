/** Several processes of `mintmark guard` that share limits, used proofs and nonces through a real Redis. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { eventually, type RedisProcess, startRedisServer } from '@mintmark/testkit'
import { audience, publicOrigin, startCaller } from './bound-caller.ts'
import { type IssuingServer, issuingServer } from './forward-auth-world.ts'
import { type ServingProcess, workingFolder } from './mintmark-process.ts'

async function startRedis(context: TestContext): Promise<RedisProcess> {
  const redis = await startRedisServer()
  context.after(() => redis.stop())
  return redis
}

/** A file with a key that guards can share. */
function keyFile(context: TestContext): string {
  const file = join(workingFolder(context).path, 'shared.key')
  writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  return file
}

/** On a busy machine Redis may take longer than anybody should wait for it. */
const PATIENT = ['--redis-deadline-ms', '1000']

/** Starts guards of one API that are told the same. */
function guards(
  context: TestContext,
  count: number,
  issuer: string,
  ...flags: readonly string[]
): Promise<readonly ServingProcess[]> {
  const argv = ['--issuer', issuer, '--audience', audience, '--admin-port', '0', ...flags]
  return Promise.all(Array.from({ length: count }, () => workingFolder(context).guard(argv)))
}

/** Asks about a request, as a proxy does. */
function check({ origin }: ServingProcess, fields: Record<string, string> = {}): Promise<Response> {
  return fetch(`${origin}/check`, { headers: { 'x-forwarded-for': '203.0.113.7', ...fields } })
}

/** The statuses of so many requests, which the guards are asked about in turn. */
async function statusesOf(
  asked: readonly ServingProcess[],
  count: number,
  fields: Record<string, string> = {},
): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let at = 0; at < count; at += 1) {
    const response = await check(asked[at % asked.length] as ServingProcess, fields)
    await response.arrayBuffer()
    statuses.push(response.status)
  }
  return statuses
}

const countOf = (statuses: readonly number[], wanted: number) =>
  statuses.filter((status) => status === wanted).length

async function metricsOf({ adminOrigin }: ServingProcess): Promise<string> {
  return await (await fetch(`${adminOrigin}/metrics`)).text()
}

const bearing = async (server: IssuingServer) => ({
  authorization: `Bearer ${await server.token('decisions:read')}`,
})

describe('limits of several guards', { concurrency: 1 }, () => {
  test('are counted together, by client and by address, and Redis tells of neither [S2] [R9]', async (t) => {
    const [redis, server] = await Promise.all([startRedis(t), issuingServer(t)])
    const flags = ['--redis', redis.url, '--shared-key-file', keyFile(t), ...PATIENT]
    const limits = ['--limit-client', '1/3600/20', '--limit-address', '1/3600/10']
    const both = await guards(t, 2, server.issuer, ...flags, ...limits)
    const statuses = await statusesOf(both, 40, await bearing(server))
    assert.deepEqual([countOf(statuses, 200), countOf(statuses, 429)], [20, 20])
    const anonymous = await statusesOf(both, 20)
    assert.deepEqual([countOf(anonymous, 401), countOf(anonymous, 429)], [10, 10])
    const keys = await redis.command('KEYS', '*')
    assert.match(keys, /mintmark:limits/)
    assert.doesNotMatch(keys, /partner-a|203\.0|127\.0/)
  })

  test('are not counted together for another API, nor with another key [R9]', async (t) => {
    const [redis, server] = await Promise.all([startRedis(t), issuingServer(t)])
    const key = keyFile(t)
    const limits = ['--redis', redis.url, '--limit-address', '1/3600/2', ...PATIENT]
    const [[first], [api], [stranger]] = await Promise.all([
      guards(t, 1, server.issuer, ...limits, '--shared-key-file', key),
      guards(t, 1, server.issuer, ...limits, '--shared-key-file', key, '--audience', 'https://b'),
      guards(t, 1, server.issuer, ...limits, '--shared-key-file', keyFile(t)),
    ])
    assert.ok(first !== undefined && api !== undefined && stranger !== undefined)
    assert.deepEqual(await statusesOf([first], 3), [401, 401, 429])
    assert.deepEqual(await statusesOf([api], 3), [401, 401, 429])
    assert.deepEqual(await statusesOf([stranger], 3), [401, 401, 429])
  })

  for (const [mode, expected] of [
    [undefined, 200],
    ['allow', 200],
    ['refuse', 503],
  ] as const) {
    test(`without Redis are as said: ${mode ?? 'nothing said'}, from the start and when it dies [R9]`, async (t) => {
      const [redis, server] = await Promise.all([startRedis(t), issuingServer(t)])
      await redis.kill()
      const flags = ['--redis', redis.url, '--shared-key-file', keyFile(t)]
      const told = mode === undefined ? [] : ['--when-redis-unavailable', mode]
      const [guard] = await guards(
        t,
        1,
        server.issuer,
        ...flags,
        '--limit-client',
        '100/60',
        ...told,
      )
      assert.ok(guard !== undefined)
      const good = await bearing(server)
      const answer = await check(guard, good)
      assert.equal(answer.status, expected)
      if (expected === 503) {
        assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
        assert.equal(answer.headers.get('www-authenticate'), null)
      }
      assert.match(await metricsOf(guard), /shared_store_usable\{store="limits"\} 0/)
      await redis.restart()
      await eventually(async () => {
        assert.equal((await check(guard, good)).status, 200)
        assert.match(await metricsOf(guard), /shared_store_usable\{store="limits"\} 1/)
      })
      await redis.kill()
      assert.deepEqual(await statusesOf([guard], 3, good), [expected, expected, expected])
      const { notices, exitCode } = await guard.stop()
      assert.equal(exitCode, 0)
      assert.match(notices, /"redis":"away","event":"ready"/)
      assert.match(notices, /"event":"shared_limits_unavailable"/)
      assert.match(notices, /"event":"shared_limits_recovered"/)
    })
  }
})

test('a guard starts while Redis is paused, and shares its limits when that goes on [R9]', async (t) => {
  const [redis, server] = await Promise.all([startRedis(t), issuingServer(t)])
  redis.pause()
  const flags = ['--redis', redis.url, '--shared-key-file', keyFile(t), '--limit-client', '100/60']
  const [guard] = await guards(t, 1, server.issuer, ...flags)
  assert.ok(guard !== undefined)
  const good = await bearing(server)
  assert.deepEqual(await statusesOf([guard], 3, good), [200, 200, 200])
  redis.resume()
  await eventually(async () => {
    assert.equal((await check(guard, good)).status, 200)
    assert.match(await metricsOf(guard), /shared_store_usable\{store="limits"\} 1/)
    assert.match(await redis.command('KEYS', '*'), /mintmark:limits/)
  })
})

/** A request with a proof, as a proxy asks about it. */
const proved = (fields: Record<string, string>) => ({
  ...{ 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/orders' },
  ...fields,
})

describe('proofs of possession at several guards', { concurrency: 1 }, () => {
  test('count once: of one proof at two guards at the same time one is admitted [R5]', async (t) => {
    const [redis, caller] = await Promise.all([startRedis(t), startCaller(t)])
    const flags = ['--redis', redis.url, '--shared-key-file', keyFile(t), ...PATIENT]
    const both = await guards(t, 2, caller.issuer, ...flags, '--public-origin', publicOrigin)
    for (let at = 0; at < 20; at += 1) {
      const sent = proved(await caller.fields())
      const answers = await Promise.all(both.map((each) => check(each, sent)))
      const statuses = answers.map(({ status }) => status)
      assert.deepEqual(statuses.toSorted(), [200, 401])
    }
  })

  test('are refused with 503 while Redis is dead, or known to each guard alone, as said [R5]', async (t) => {
    const [redis, caller] = await Promise.all([startRedis(t), startCaller(t)])
    const flags = ['--redis', redis.url, '--shared-key-file', keyFile(t)]
    const place = [...flags, '--public-origin', publicOrigin]
    const [[closed], [local]] = await Promise.all([
      guards(t, 1, caller.issuer, ...place),
      guards(t, 1, caller.issuer, ...place, '--when-proof-store-unavailable', 'local'),
    ])
    assert.ok(closed !== undefined && local !== undefined)
    await redis.kill()
    const refused = await check(closed, proved(await caller.fields()))
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1'])
    assert.equal(refused.headers.get('www-authenticate'), null)
    const sent = proved(await caller.fields())
    assert.deepEqual(await statusesOf([local], 2, sent), [200, 401])
    assert.match(await metricsOf(closed), /shared_store_usable\{store="proofs"\} 0/)
    await redis.restart()
    await eventually(async () => {
      assert.equal((await check(closed, proved(await caller.fields()))).status, 200)
    })
    assert.match((await closed.stop()).notices, /"event":"replay_store_unavailable"/)
  })

  test('take a nonce of any guard with the same key, and of no other [R5]', async (t) => {
    const caller = await startCaller(t)
    const nonces = ['--public-origin', publicOrigin, '--dpop-nonces', 'required']
    const [both, [stranger]] = await Promise.all([
      guards(t, 2, caller.issuer, ...nonces, '--shared-key-file', keyFile(t)),
      guards(t, 1, caller.issuer, ...nonces, '--shared-key-file', keyFile(t)),
    ])
    const [first, second] = both
    assert.ok(first !== undefined && second !== undefined && stranger !== undefined)
    const asked = await check(first, proved(await caller.fields()))
    const nonce = asked.headers.get('dpop-nonce') ?? ''
    assert.match(asked.headers.get('www-authenticate') ?? '', /use_dpop_nonce/)
    assert.equal((await check(second, proved(await caller.fields(nonce)))).status, 200)
    assert.equal((await check(stranger, proved(await caller.fields(nonce)))).status, 401)
  })
})
