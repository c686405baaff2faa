import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientSecretBasic, createTokenClient, type TokenClientOptions } from '@mintmark/client'
import { findSecret, the } from '@mintmark/testkit'
import { resolveOptions } from '../src/options.ts'

const valid = {
  tokenEndpoint: the.tokenEndpoint,
  clientId: the.clientId,
  clientSecret: the.clientSecret,
}

type Row = readonly [
  changes: Record<string, unknown>,
  error: 'TypeError' | 'RangeError',
  names: string,
]

const wrong: readonly Row[] = [
  [{ clientid: 'a' }, 'TypeError', 'clientid'],
  [{ cache: true }, 'TypeError', 'cache'],
  [{ issuer: the.issuer }, 'TypeError', 'issuer or tokenEndpoint'],
  [{ tokenEndpoint: undefined }, 'TypeError', 'issuer or tokenEndpoint'],
  [{ tokenEndpoint: 'oauth/token' }, 'TypeError', 'tokenEndpoint'],
  [{ tokenEndpoint: 'http://issuer.example/token' }, 'TypeError', 'tokenEndpoint'],
  [{ tokenEndpoint: 'https://a:b@issuer.example/token' }, 'TypeError', 'tokenEndpoint'],
  [{ tokenEndpoint: 'https://issuer.example/token#a' }, 'TypeError', 'tokenEndpoint'],
  [{ tokenEndpoint: 'file:///etc/passwd' }, 'TypeError', 'tokenEndpoint'],
  [{ tokenEndpoint: undefined, issuer: 'http://issuer.example' }, 'TypeError', 'issuer'],
  [{ tokenEndpoint: undefined, issuer: 'https://issuer.example?a' }, 'TypeError', 'issuer'],
  [{ tokenEndpoint: undefined, issuer: 7 }, 'TypeError', 'issuer'],
  [{ tokenEndpointOrigins: ['https://a.example'] }, 'TypeError', 'tokenEndpointOrigins'],
  [{ clientId: undefined }, 'TypeError', 'clientId'],
  [{ clientId: '' }, 'TypeError', 'clientId'],
  [{ clientId: 'a'.repeat(2049) }, 'TypeError', 'clientId'],
  [{ clientId: '\ud800' }, 'TypeError', 'clientId'],
  [
    {
      clientId: 'a:b',
      clientSecret: undefined,
      clientAuthentication: clientSecretBasic('a', { encoding: 'raw' }),
    },
    'RangeError',
    'colon',
  ],
  [{ audience: 'a\udc00' }, 'TypeError', 'audience'],
  [{ clientSecret: undefined }, 'TypeError', 'clientSecret or clientAuthentication'],
  [{ clientSecret: '' }, 'TypeError', 'clientSecret'],
  [{ clientSecret: 7 }, 'TypeError', 'clientSecret'],
  [{ clientSecret: 'a'.repeat(4097) }, 'TypeError', 'clientSecret'],
  [{ clientSecret: '\ud800' }, 'TypeError', 'clientSecret'],
  [{ clientSecret: [] }, 'TypeError', 'clientSecret'],
  [{ clientSecret: ['a', 'b', 'c', 'd', 'e'] }, 'TypeError', 'clientSecret'],
  [{ clientSecret: ['a', ''] }, 'TypeError', 'clientSecret'],
  [{ clientAuthentication: clientSecretBasic('a') }, 'TypeError', 'clientAuthentication'],
  [{ clientSecret: undefined, clientAuthentication: {} }, 'TypeError', 'clientAuthentication'],
  [{ clientSecret: undefined, clientAuthentication: null }, 'TypeError', 'clientAuthentication'],
  [{ clientSecret: undefined, clientAuthentication: [] }, 'TypeError', 'clientAuthentication'],
  [
    { clientSecret: undefined, clientAuthentication: [clientSecretBasic('a'), null] },
    'TypeError',
    'clientAuthentication',
  ],
  [{ scope: 'a  b' }, 'TypeError', 'scope'],
  [{ scope: ['a'] }, 'TypeError', 'scope'],
  [{ resource: 'api' }, 'TypeError', 'resource'],
  [{ resource: 'https://api.example#a' }, 'TypeError', 'resource'],
  [{ resource: ['https://api.example', 7] }, 'TypeError', 'resource'],
  [{ resource: Array.from({ length: 33 }, () => 'urn:a') }, 'TypeError', 'resource'],
  [{ audience: '' }, 'TypeError', 'audience'],
  [{ extraParameters: 'a=1' }, 'TypeError', 'extraParameters'],
  [{ extraParameters: { a: 1 } }, 'TypeError', 'extraParameters.a'],
  [{ extraParameters: { client_secret: 'a' } }, 'RangeError', 'client_secret'],
  [{ extraParameters: { grant_type: 'a' } }, 'RangeError', 'grant_type'],
  [{ allowedOrigins: 'https://api.example' }, 'TypeError', 'allowedOrigins'],
  [{ allowedOrigins: ['https://api.example/v1'] }, 'TypeError', 'allowedOrigins'],
  [{ allowedOrigins: ['http://api.example'] }, 'TypeError', 'allowedOrigins'],
  [{ allowedOrigins: ['*'] }, 'TypeError', 'allowedOrigins'],
  [{ preset: 'nobody' }, 'TypeError', 'preset'],
  [{ preset: 'toString' }, 'TypeError', 'preset'],
  [{ renewal: 0.8 }, 'TypeError', 'renewal'],
  [{ renewal: {} }, 'TypeError', 'renewal.fromShare'],
  [{ renewal: { fromShare: 0.8 } }, 'TypeError', 'renewal.toShare'],
  [{ renewal: { fromShare: 0.8, toShare: 0.7 } }, 'RangeError', 'renewal.toShare'],
  [{ renewal: { fromShare: 0, toShare: 0.7 } }, 'RangeError', 'renewal.fromShare'],
  [{ renewal: { secondsBeforeExpiry: -1 } }, 'RangeError', 'renewal.secondsBeforeExpiry'],
  [{ renewal: { secondsBeforeExpiry: 1, toShare: 1 } }, 'TypeError', 'toShare'],
  [{ surviveOutageSeconds: '15m' }, 'TypeError', 'surviveOutageSeconds'],
  [{ surviveOutageSeconds: -1 }, 'RangeError', 'surviveOutageSeconds'],
  [{ clockSkewSeconds: 3601 }, 'RangeError', 'clockSkewSeconds'],
  [{ clockSkewSeconds: Number.NaN }, 'RangeError', 'clockSkewSeconds'],
  [{ lifetimeSecondsAssumed: 0 }, 'RangeError', 'lifetimeSecondsAssumed'],
  [{ lifetimeSecondsAssumed: 1.5 }, 'RangeError', 'lifetimeSecondsAssumed'],
  [{ keepWarm: 'yes' }, 'TypeError', 'keepWarm'],
  [{ mintBudget: 100 }, 'TypeError', 'mintBudget'],
  [{ mintBudget: {} }, 'TypeError', 'mintBudget'],
  [{ mintBudget: { isEnforced: true } }, 'TypeError', 'mintBudget'],
  [{ mintBudget: { perHour: 0 } }, 'RangeError', 'mintBudget.perHour'],
  [{ mintBudget: { perDay: 1.5 } }, 'RangeError', 'mintBudget.perDay'],
  [{ mintBudget: { perHour: 1, isEnforced: 1 } }, 'TypeError', 'mintBudget.isEnforced'],
  [{ mintBudget: { perMinute: 1 } }, 'TypeError', 'perMinute'],
  [{ unauthorizedWithoutChallenge: 'retry' }, 'TypeError', 'unauthorizedWithoutChallenge'],
  [{ narrowedScope: 'ignore' }, 'TypeError', 'narrowedScope'],
  [{ deadlineMs: 0 }, 'RangeError', 'deadlineMs'],
  [{ deadlineMs: Number.POSITIVE_INFINITY }, 'RangeError', 'deadlineMs'],
  [{ tokenRequestTimeoutMs: '10s' }, 'TypeError', 'tokenRequestTimeoutMs'],
  [{ waitersMax: 0 }, 'RangeError', 'waitersMax'],
  [{ waitersMax: 1.5 }, 'RangeError', 'waitersMax'],
  [{ keysMax: 10_001 }, 'RangeError', 'keysMax'],
  [{ clock: {} }, 'TypeError', 'clock'],
  [{ random: {} }, 'TypeError', 'random'],
  [{ random: { bytes: 7 } }, 'TypeError', 'random'],
  [{ transport: 'fetch' }, 'TypeError', 'transport'],
  [{ observer: {} }, 'TypeError', 'observer'],
]

test('refuses every wrong option by its name, and never shows a value [C10]', () => {
  for (const [changes, name, words] of wrong) {
    const options = { ...valid, ...changes } as TokenClientOptions
    assert.throws(
      () => createTokenClient(options),
      (error: unknown) => {
        assert(error instanceof Error)
        assert.equal(error.name, name, error.message)
        assert(error.message.includes(words), `${error.message} names ${words}`)
        assert.equal(findSecret(error.stack ?? '', the.clientSecret), undefined)
        return true
      },
      JSON.stringify(changes),
    )
  }
})

test('refuses what is no object at all', () => {
  for (const options of [undefined, null, 'https://issuer.example']) {
    assert.throws(() => createTokenClient(options as unknown as TokenClientOptions), TypeError)
  }
})

test('refuses a wrong option of a view as it refuses one of the client', () => {
  const client = createTokenClient(valid)
  const view = (options: object) => () => client.for(options)
  assert.throws(view({ clientId: 'b' }), /unknown option clientId/)
  assert.throws(view({ scope: ' ' }), /scope/)
  assert.throws(view({ resource: 'api' }), /resource/)
  assert.throws(view({ extraParameters: { scope: 'a' } }), RangeError)
})

test('applies the defaults that its documentation names', () => {
  const resolved = resolveOptions(valid)
  assert.equal(resolved.deadlineMs, 10_000)
  assert.equal(resolved.tokenRequestTimeoutMs, 10_000)
  assert.equal(resolved.waitersMax, 125_000)
  assert.equal(resolved.keysMax, 1_000)
  assert.equal(resolved.lifetimeSecondsAssumed, 300)
  assert.equal(resolved.keepsWarm, false)
  assert.equal(resolved.mintBudget, undefined)
  assert.equal(resolved.renewsWithoutChallenge, false)
  assert.equal(resolved.acceptsNarrowedScope, false)
  assert.deepEqual(resolved.lifetimePolicy, {
    renewal: { fromShare: 0.7, toShare: 0.85 },
    surviveOutageSeconds: undefined,
    clockSkewSeconds: 0,
  })
  assert.deepEqual(resolved.request.identity, {
    scope: undefined,
    resources: [],
    audience: undefined,
    authorizationDetails: undefined,
    extraParameters: {},
  })
  assert.equal(resolved.store, undefined)
  assert.equal(resolved.senderBinding, undefined)
  assert.equal(resolved.certificateConfirmation, undefined)
  assert.equal(resolved.request.allowedOrigins, undefined)
})

test('takes undefined for an option that is not given', () => {
  const names = ['scope', 'resource', 'audience', 'preset', 'renewal', 'observer', 'issuer']
  const absent = Object.fromEntries(names.map((name) => [name, undefined]))
  assert.doesNotThrow(() => resolveOptions({ ...valid, ...absent } as TokenClientOptions))
})

test('keeps hostile parameter names from reaching a prototype', () => {
  const extraParameters = JSON.parse('{"__proto__":"a","constructor":"b"}')
  const { identity } = resolveOptions({ ...valid, extraParameters }).request
  assert.deepEqual(Object.entries(identity.extraParameters), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ])
  assert.equal(Object.hasOwn(Object.prototype, 'a'), false)
})
