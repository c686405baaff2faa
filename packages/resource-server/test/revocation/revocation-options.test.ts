import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGuard, type GuardOptions } from '@mintmark/resource-server'
import { the } from '@mintmark/testkit'
import { resolveRevocation } from '../../src/revocation/revocation-options.ts'

const { issuer, audience } = the
const enough = { issuer, audience }
const other = 'https://other.example'
const following = (revocation: unknown) => ({ ...enough, revocation })

test('the defaults of following a feed are these [R6]', () => {
  assert.deepEqual(resolveRevocation({ follow: true }), {
    url: undefined,
    intervalMs: 1_000,
    waitSeconds: 20,
    staleMs: 120_000,
    refusesWhenStale: false,
  })
})

/** The option that the error names. */
const mistakes: readonly (readonly [RegExp, string, unknown])[] = [
  [/^revocation: /, 'no object', following(true)],
  [/^revocation: /, 'null', following(null)],
  [
    /^revocation: unknown option: staleSeconds/,
    'a misspelt name',
    following({ follow: true, staleSeconds: 9 }),
  ],
  [/^revocation\.follow: /, 'nothing to follow', following({})],
  [/^revocation\.follow: /, 'follow: false', following({ follow: false })],
  [
    /^revocation\.follow: /,
    'a feed in the clear',
    following({ follow: 'http://issuer.example/feed' }),
  ],
  [
    /^revocation\.follow: /,
    'a password',
    following({ follow: 'https://a:hunter2@issuer.example/feed' }),
  ],
  [/^revocation\.intervalSeconds: /, 'no pace', following({ follow: true, intervalSeconds: 0 })],
  [
    /^revocation\.intervalSeconds: /,
    'a pace in words',
    following({ follow: true, intervalSeconds: '1' }),
  ],
  [/^revocation\.waitSeconds: /, 'too long a wait', following({ follow: true, waitSeconds: 46 })],
  [/^revocation\.waitSeconds: /, 'half a second', following({ follow: true, waitSeconds: 0.5 })],
  [
    /^revocation\.staleSecondsMax: /,
    'stale at once',
    following({ follow: true, staleSecondsMax: 0 }),
  ],
  [
    /^revocation\.staleSecondsMax: /,
    'never stale',
    following({ follow: true, staleSecondsMax: Infinity }),
  ],
  [/^revocation\.whenStale: /, 'another policy', following({ follow: true, whenStale: 'open' })],
  [
    /^revocation\.follow: /,
    'one feed for several issuers',
    {
      audience,
      issuers: [{ issuer }, { issuer: other }],
      revocation: { follow: `${issuer}/feed` },
    },
  ],
  [
    /^revocationFeed: /,
    'a feed without following',
    { audience, issuers: [{ issuer, revocationFeed: `${issuer}/feed` }] },
  ],
  [
    /^revocationFeed: /,
    'a feed that is no URL',
    { audience, issuers: [{ issuer, revocationFeed: true }], revocation: { follow: true } },
  ],
]

describe('a guard does not follow feeds with', () => {
  for (const [message, title, options] of mistakes) {
    test(`${title}, and the error names the option and not the value [R6]`, () => {
      assert.throws(
        () => createGuard(options as GuardOptions),
        (error: Error) => {
          assert.match(error.message, message)
          assert.ok(error instanceof TypeError || error instanceof RangeError)
          assert.doesNotMatch(error.message, /hunter2/)
          return true
        },
      )
    })
  }
})
