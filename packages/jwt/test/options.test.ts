import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock, systemRandom, systemTransport } from '@mintmark/runtime'
import { the } from '@mintmark/testkit'
import { type RemoteJwkSetOptions, resolveOptions } from '../src/options.ts'

test('applies the documented defaults', () => {
  const { engine, observer: _, ...resolved } = resolveOptions({ url: the.jwksUri })
  assert.equal(engine.name, 'node')
  assert.deepEqual(resolved, {
    url: new URL(the.jwksUri),
    lifetimeSeconds: 300,
    staleSecondsMax: 3_600,
    deadlineMs: 5_000,
    clock: systemClock,
    random: systemRandom,
    transport: systemTransport,
  })
})

test('keeps an observer that throws from breaking anything', () => {
  const { observer } = resolveOptions({
    url: the.jwksUri,
    observer: () => {
      throw new Error('in an observer')
    },
  })
  observer({ type: 'jwk_set_dropped', url: the.jwksUri, generation: 1 })
})

const refusals: readonly (readonly [string, object, typeof TypeError | typeof RangeError])[] = [
  ['an option that does not exist', { lifetimeMs: 1 }, TypeError],
  ['a relative URL', { url: '/jwks' }, TypeError],
  ['a URL without encryption', { url: 'http://issuer.example/jwks' }, RangeError],
  ['a URL that is no web address', { url: 'data:application/json,{}' }, RangeError],
  ['a lifetime below 30 s', { lifetimeSeconds: 29 }, RangeError],
  ['a lifetime above an hour', { lifetimeSeconds: 3_601 }, RangeError],
  ['a lifetime that is no number', { lifetimeSeconds: Number.NaN }, RangeError],
  ['a lifetime as text', { lifetimeSeconds: '300' }, RangeError],
  ['a negative staleness', { staleSecondsMax: -1 }, RangeError],
  ['a staleness above a day', { staleSecondsMax: 86_401 }, RangeError],
  ['no deadline', { deadlineMs: 0 }, RangeError],
  ['an infinite deadline', { deadlineMs: Number.POSITIVE_INFINITY }, RangeError],
]

for (const [what, overrides, error] of refusals) {
  test(`refuses ${what}`, () => {
    const options = { url: the.jwksUri, ...overrides } as RemoteJwkSetOptions
    assert.throws(() => resolveOptions(options), error)
  })
}

test('takes plain http to this machine itself', () => {
  for (const url of ['http://127.0.0.1:8080/jwks', 'http://localhost/jwks', 'http://[::1]/jwks']) {
    assert.equal(resolveOptions({ url }).url.href, new URL(url).href)
  }
})
