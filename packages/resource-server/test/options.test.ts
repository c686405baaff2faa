import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGuard, type GuardOptions } from '@mintmark/resource-server'
import { the } from '@mintmark/testkit'
import { resolveOptions } from '../src/options.ts'

const { issuer, audience } = the
const enough: GuardOptions = { issuer, audience }

describe('the defaults of a guard', () => {
  test('are these', () => {
    const resolved = resolveOptions(enough)
    assert.deepEqual(resolved.issuers, [
      {
        issuer,
        audiences: [audience],
        jwksUri: undefined,
        profile: 'rfc9068',
        revocationFeed: undefined,
      },
    ])
    assert.deepEqual([...resolved.algorithms], ['ES256', 'EdDSA', 'RS256', 'PS256'])
    assert.equal(resolved.acceptLegacyTyp, false)
    assert.equal(resolved.clockToleranceSeconds, 5)
    assert.equal(resolved.lifetimeSecondsMax, undefined)
    assert.equal(resolved.resourceMetadataUrl, undefined)
    assert.equal(resolved.realm, 'api')
    assert.equal(resolved.verdictCacheBytesMax, 32 * 1024 * 1024)
  })

  test('are taken for members that are undefined', () => {
    const absent = { lifetimeSecondsMax: undefined, realm: undefined, jwksUri: undefined }
    const resolved = resolveOptions({ ...enough, ...absent } as unknown as GuardOptions)
    assert.deepEqual(
      { ...resolved, observer: undefined, engine: undefined },
      {
        ...resolveOptions(enough),
        observer: undefined,
        engine: undefined,
      },
    )
  })

  test('give every issuer the audience of the guard unless it has its own', () => {
    const own = { issuer: 'https://own.example', audience: ['urn:own'] }
    const resolved = resolveOptions({ audience, issuers: [{ issuer }, own] })
    assert.deepEqual(
      resolved.issuers.map(({ audiences }) => audiences),
      [[audience], ['urn:own']],
    )
  })

  test('ask for no audience of the guard where each issuer has one', () => {
    assert.equal(resolveOptions({ issuers: [{ issuer, audience }] }).issuers.length, 1)
  })

  test('are kept apart from the object that was given', () => {
    const audiences: string[] = [audience]
    const resolved = resolveOptions({ issuer, audience: audiences })
    audiences.push('https://evil.example')
    assert.deepEqual(resolved.issuers[0]?.audiences, [audience])
  })
})

const SECRET = 'https://partner:hunter2-hunter2@issuer.example'

/** The option that the error names, and what is wrong. */
const mistakes: readonly [RegExp, string, unknown][] = [
  [/^issuer: required/, 'no issuer', { audience }],
  [/^issuer: required/, 'an issuer that is undefined', { issuer: undefined, audience }],
  [/^audience: /, 'no audience', { issuer }],
  [/^audience: /, 'an audience that is undefined', { issuer, audience: undefined }],
  [/^audience: /, 'an audience that is null', { issuer, audience: null }],
  [/^audience: /, 'an empty audience', { issuer, audience: '' }],
  [/^audience: /, 'an empty list of audiences', { issuer, audience: [] }],
  [/^audience: /, 'a list with an empty audience', { issuer, audience: [audience, ''] }],
  [/^audience: /, 'a list with a number', { issuer, audience: [1] }],
  [/^audience: /, 'too many audiences', { issuer, audience: Array(21).fill('a') }],
  [/^audience: /, 'an audience without end', { issuer, audience: 'a'.repeat(2_049) }],
  [/^audience: /, 'an issuer without audience', { issuers: [{ issuer }] }],
  [/^issuer: /, 'an issuer that is no URL', { issuer: 'issuer.example', audience }],
  [/^issuer: /, 'an issuer in the clear', { issuer: 'http://issuer.example', audience }],
  [/^issuer: /, 'an issuer with a query', { issuer: `${issuer}?a=b`, audience }],
  [/^issuer: /, 'an issuer with a password', { issuer: SECRET, audience }],
  [/^issuer: /, 'an issuer that is a URL object', { issuer: new URL(issuer), audience }],
  [/^issuers: /, 'issuers and issuer', { issuer, issuers: [{ issuer }], audience }],
  [/^issuers: /, 'no issuers at all', { issuers: [], audience }],
  [/^issuers: /, 'issuers that are no list', { issuers: { issuer }, audience }],
  [/^issuers: /, 'an issuer that is a string', { issuers: [issuer], audience }],
  [/^issuers: /, 'an issuer twice', { issuers: [{ issuer }, { issuer }], audience }],
  [/^issuers: .*jwks_uri/, 'a misspelt member', { issuers: [{ issuer, jwks_uri: '' }], audience }],
  [/^jwksUri: /, 'jwksUri for many', { issuers: [{ issuer }], audience, jwksUri: the.jwksUri }],
  [/^jwksUri: /, 'a jwksUri in the clear', { ...enough, jwksUri: 'http://issuer.example/' }],
  [/^jwksUri: /, 'a jwksUri with a password', { ...enough, jwksUri: `${SECRET}/jwks` }],
  [/^jwksUri: /, 'a jwksUri that is no URL', { ...enough, jwksUri: '/jwks' }],
  [/^algorithms: /, 'no algorithms', { ...enough, algorithms: [] }],
  [/^algorithms: /, 'algorithm none', { ...enough, algorithms: ['ES256', 'none'] }],
  [/^algorithms: /, 'algorithm HS256', { ...enough, algorithms: ['HS256'] }],
  [/^algorithms: /, 'algorithms in a string', { ...enough, algorithms: 'ES256' }],
  [/^acceptLegacyTyp: /, 'a switch in words', { ...enough, acceptLegacyTyp: 'false' }],
  [/^clockToleranceSeconds: /, 'a tolerance in words', { ...enough, clockToleranceSeconds: '5' }],
  [/^clockToleranceSeconds: /, 'a negative one', { ...enough, clockToleranceSeconds: -1 }],
  [/^clockToleranceSeconds: /, 'one of NaN', { ...enough, clockToleranceSeconds: Number.NaN }],
  [/^clockToleranceSeconds: /, 'one too wide', { ...enough, clockToleranceSeconds: 61 }],
  [/^tokenAgeSecondsMax: /, 'an age of 0', { ...enough, tokenAgeSecondsMax: 0 }],
  [/^lifetimeSecondsMax: /, 'a lifetime of 0', { ...enough, lifetimeSecondsMax: 0 }],
  [/^lifetimeSecondsMax: /, 'an endless one', { ...enough, lifetimeSecondsMax: Infinity }],
  [/^resourceMetadataUrl: /, 'a relative URL', { ...enough, resourceMetadataUrl: '/meta' }],
  [/^resourceMetadataUrl: /, 'a fragment', { ...enough, resourceMetadataUrl: `${audience}#a` }],
  [/^realm: /, 'an empty realm', { ...enough, realm: '' }],
  [/^realm: /, 'a realm with a line end', { ...enough, realm: 'api\r\nSet-Cookie: a=b' }],
  [/^realm: /, 'a realm beyond ASCII', { ...enough, realm: 'bürgeramt' }],
  [/^realm: /, 'a realm without end', { ...enough, realm: 'a'.repeat(129) }],
  [/^verdictCacheBytesMax: /, 'a negative cache', { ...enough, verdictCacheBytesMax: -1 }],
  [/^verdictCacheBytesMax: /, 'an endless cache', { ...enough, verdictCacheBytesMax: Infinity }],
  [/^clock: /, 'a clock that is a function', { ...enough, clock: () => 0 }],
  [/^random: /, 'a random source without bytes', { ...enough, random: {} }],
  [/^transport: /, 'a transport that is an object', { ...enough, transport: {} }],
  [/^observer: /, 'an observer that is an object', { ...enough, observer: {} }],
  [/^engine: /, 'an engine that verifies nothing', { ...enough, engine: { name: 'node' } }],
  [/^unknown option: audiences/, 'a misspelt option', { issuer, audiences: [audience] }],
  [/^unknown option: clockTolerance/, 'a missing unit', { ...enough, clockTolerance: 5 }],
]

describe('a guard is not made with', () => {
  for (const [message, title, options] of mistakes) {
    test(`${title}, and the error names the option and not the value`, () => {
      assert.throws(
        () => createGuard(options as GuardOptions),
        (error: Error) => {
          assert.match(error.message, message)
          assert.ok(error instanceof TypeError || error instanceof RangeError)
          assert.doesNotMatch(error.message, /hunter2|Set-Cookie|evil/)
          return true
        },
      )
    })
  }
})
