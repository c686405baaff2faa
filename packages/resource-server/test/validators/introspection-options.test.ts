import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clientSecretBasic, clientSecretJson } from '@mintmark/client'
import { createGuard, type GuardOptions } from '@mintmark/resource-server'
import { type IntrospectionOptions, introspection } from '@mintmark/resource-server/introspection'
import { the } from '@mintmark/testkit'
import { resolveRules } from '../../src/validators/introspection-options.ts'

const { issuer, audience } = the
const SECRET = 'hunter2-hunter2'
const enough = { clientId: 'the-api', clientSecret: SECRET }

test('the defaults of introspection are these [R3]', () => {
  assert.deepEqual(resolveRules({}), {
    confirmsJwts: false,
    cacheMs: 30_000,
    inactiveSeconds: 5,
    concurrentMax: 64,
    deadlineMs: 3_000,
    acceptMissingAudience: false,
  })
})

const fetch = () => undefined
/** The option that the error names. */
const mistakes: readonly (readonly [RegExp, string, unknown])[] = [
  [/^introspection: expected one of/, 'no credential', { clientId: 'a' }],
  [/^introspection: expected one of/, 'two credentials', { ...enough, client: { fetch } }],
  [/^introspection\.clientId/, 'no client id', { clientSecret: SECRET }],
  [/^introspection\.clientId/, 'a client id with a line end', { ...enough, clientId: 'a\n' }],
  [/^introspection\.clientId/, 'nobody to sign for', { client: { fetch }, signed: true }],
  [/^clientSecret/, 'an empty secret', { ...enough, clientSecret: '' }],
  [/^introspection\.clientAuth/, 'no methods', { clientId: 'a', clientAuthentication: [] }],
  [
    /^introspection\.clientAuth/,
    'a secret for a method',
    { clientId: 'a', clientAuthentication: SECRET },
  ],
  [
    /^introspection\.clientAuth/,
    'a method of JSON bodies',
    { clientId: 'a', clientAuthentication: clientSecretJson(SECRET) },
  ],
  [
    /^introspection\.clientAuth/,
    'five methods',
    { clientId: 'a', clientAuthentication: Array(5).fill(clientSecretBasic(SECRET)) },
  ],
  [/^introspection\.client:/, 'a client that fetches nothing', { client: {} }],
  [
    /^introspection\.endpoint/,
    'an endpoint in the clear',
    { ...enough, endpoint: 'http://a.example/' },
  ],
  [/^introspection\.introspect/, 'another kind', { ...enough, introspect: 'jwt' }],
  [/^introspection\.cacheSecondsMax/, 'no end', { ...enough, cacheSecondsMax: Infinity }],
  [/^introspection\.inactiveSeconds/, 'a no without end', { ...enough, inactiveSeconds: 61 }],
  [/^introspection\.concurrentMax/, 'no questions', { ...enough, concurrentMax: 0 }],
  [/^introspection\.deadlineMs/, 'a deadline in seconds', { ...enough, deadlineMs: 3 }],
  [
    /^introspection\.acceptMissing/,
    'a switch in words',
    { ...enough, acceptMissingAudience: 'yes' },
  ],
  [/^introspection\.signed/, 'another switch in words', { ...enough, signed: 'yes' }],
  [
    /^introspection: unknown option: cacheSeconds/,
    'a misspelt name',
    { ...enough, cacheSeconds: 1 },
  ],
]

describe('introspection is not made with', () => {
  for (const [message, title, options] of mistakes) {
    test(`${title}, and the error names the option and not the value [R3]`, () => {
      assert.throws(
        () => introspection(options as IntrospectionOptions),
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

describe('a guard does not introspect', () => {
  const guards: readonly (readonly [string, GuardOptions])[] = [
    ['with the bare options', { issuer, audience, introspection: enough as never }],
    [
      'at an issuer that it does not trust',
      {
        issuer,
        audience,
        introspection: introspection({ ...enough, issuer: 'https://x.example' }),
      },
    ],
    [
      'at one of several that nobody names',
      {
        audience,
        issuers: [{ issuer }, { issuer: 'https://x.example' }],
        introspection: introspection(enough),
      },
    ],
  ]
  for (const [title, options] of guards) {
    test(`${title} [R3]`, () => {
      assert.throws(() => createGuard(options), /^TypeError: introspection/)
    })
  }
})
