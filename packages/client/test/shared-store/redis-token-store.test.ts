import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type RedisTokenStoreOptions, redisTokenStore } from '@mintmark/client/redis'
import { findSecret } from '@mintmark/testkit'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'

const keys = Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64url')

/** Connections of both libraries, none of which connects. */
const connections = {
  'ioredis Redis': new Redis({ lazyConnect: true }),
  'ioredis Cluster': new Cluster([{ port: 1 }], { lazyConnect: true }),
  'node-redis client': createClient(),
  'node-redis cluster': createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] }),
  'node-redis sentinel': createSentinel({
    name: 'primary',
    sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }],
  }),
}

for (const [title, redis] of Object.entries(connections)) {
  test(`takes a connection of the kind ${title}, and does nothing with it`, () => {
    assert.equal(typeof redisTokenStore({ redis, keys }).join, 'function')
  })
}

const redis = connections['ioredis Redis']
const method = (): void => {}
const oldNodeRedis = { evalSha: method, eval: method, duplicate: method, disconnect: method }
const wrong: readonly (readonly [title: string, options: unknown, message: RegExp])[] = [
  ['no options', undefined, /^options: /],
  ['no connection', { keys }, /^redis: /],
  ['a URL in place of a connection', { redis: 'redis://127.0.0.1', keys }, /^redis: /],
  ['some other object', { redis: { eval: () => {} }, keys }, /^redis: /],
  [
    'a connection of node-redis 4',
    { redis: oldNodeRedis, keys },
    /^redis: .* node-redis 5 or later$/,
  ],
  ['no keys', { redis }, /^keys: /],
  ['a key that is no key', { redis, keys: 'letmein' }, /^keys: /],
  ['an unknown option', { redis, keys, days: 60 }, /^options: unknown option days$/],
  ['an empty prefix', { redis, keys, prefix: '' }, /^prefix: /],
  ['a prefix with a space', { redis, keys, prefix: 'my app' }, /^prefix: /],
  ['a prefix that is too long', { redis, keys, prefix: 'p'.repeat(65) }, /^prefix: /],
]

for (const [title, options, message] of wrong) {
  test(`refuses ${title}`, () => {
    assert.throws(() => redisTokenStore(options as RedisTokenStoreOptions), {
      name: 'TypeError',
      message,
    })
  })
}

test('shows no key, however it is printed [C10]', () => {
  const store = redisTokenStore({ redis, keys: [{ id: 'k1', secret: keys }] })
  const printed = [
    inspect(store, { depth: 9, showHidden: true }),
    JSON.stringify(store),
    `${store}`,
  ]
  assert.equal(findSecret(printed.join('\n'), keys), undefined)
})
