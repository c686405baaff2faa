import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redact } from '@mintmark/protocol'
import { FakeClock, some, the } from '@mintmark/testkit'
import { AccessToken } from '../../src/access-token.ts'
import type { Errand } from '../../src/errand.ts'
import type { GrantedToken } from '../../src/granted-token.ts'
import {
  arrivalOf,
  parseEntry,
  serialiseEntry,
  servesErrand,
} from '../../src/shared-store/shared-entry.ts'

const hour = 3_600_000

function granted(clock: FakeClock, ageMs = 0): GrantedToken {
  const arrivedAtMonotonicMs = clock.monotonicMs() - ageMs
  return {
    token: new AccessToken({
      value: redact('access token', 'a-token'),
      fingerprint: 'f1',
      expiresAtWallMs: clock.wallMs() - ageMs + hour,
      scope: the.scope,
      tokenType: 'Bearer',
    }),
    schedule: {
      renewAtMonotonicMs: arrivedAtMonotonicMs + 2_700_000,
      hardExpiryMonotonicMs: arrivedAtMonotonicMs + hour - 30_000,
      outageBudgetSeconds: 870,
    },
    arrivedAtMonotonicMs,
    lifetimeSeconds: 3_600,
    refreshInSeconds: 1_800,
    isNarrowed: false,
  }
}

function entry(overrides = {}) {
  return parseEntry(
    redact('shared entry', some.tokenResponse({ ends_at_ms: 1_795_438_800_000, ...overrides })),
  )
}

describe('a shared entry', () => {
  it('says what the token response said, and when the token ends', () => {
    const clock = new FakeClock()
    const read = parseEntry(serialiseEntry(granted(clock, 600_000), clock))
    assert.equal(read?.response.accessToken.reveal(), 'a-token')
    assert.equal(read?.response.tokenType, 'Bearer')
    assert.equal(read?.response.expiresInSeconds, 3_600)
    assert.equal(read?.response.refreshInSeconds, 1_800)
    assert.equal(read?.response.scope?.text, the.scope)
    assert.equal(read?.endsAtWallMs, clock.wallMs() + hour - 600_000)
  })

  it('never prints its token', () => {
    const clock = new FakeClock()
    assert(!String(serialiseEntry(granted(clock), clock)).includes('a-token'))
  })

  const malformed: Readonly<Record<string, object>> = {
    'no end': { ends_at_ms: undefined },
    'an end that is text': { ends_at_ms: '1795438800000' },
    'no lifetime': { expires_in: undefined },
    'no token': { access_token: undefined },
    'a token with a line break': { access_token: 'a\r\nb' },
    'a scope outside its grammar': { scope: '"' },
    'no token type': { token_type: undefined },
    'a member that is an object': { more: {} },
    'an error': { error: 'invalid_client' },
  }
  for (const [what, overrides] of Object.entries(malformed)) {
    it(`is none with ${what}`, () => {
      assert.equal(entry(overrides), undefined)
    })
  }

  it('is none when it is no JSON', () => {
    assert.equal(parseEntry(redact('shared entry', 'mint')), undefined)
  })
})

describe('the arrival of a shared token', () => {
  /** How old a token of an hour is taken to be, by what is left of it to the store and by the wall clock. */
  function ageMs(toldMs: number, byWallMs: number): number {
    const clock = new FakeClock()
    const read = entry({ ends_at_ms: clock.wallMs() + byWallMs })
    assert(read !== undefined)
    const arrival = arrivalOf(read, clock.monotonicMs() + toldMs, clock)
    const age = clock.monotonicMs() - arrival.arrivedAtMonotonicMs
    assert.equal(clock.wallMs() - arrival.arrivedAtWallMs, age)
    return age
  }

  it('is counted back from what is left of its life [C2]', () => {
    assert.equal(ageMs(hour - 1_000, hour - 1_000), 1_000)
  })

  it('is earlier when the word of the store was late', () => {
    assert.equal(ageMs(hour, hour - 90_000), 90_000)
  })

  it('is not later because the wall clock of this process is behind', () => {
    assert.equal(ageMs(hour - 1_000, hour + 600_000), 1_000)
  })

  it('is never later than now', () => {
    assert.equal(ageMs(hour + 5_000, hour + 5_000), 0)
  })

  it('is a whole lifetime ago at least when nothing is left', () => {
    assert.equal(ageMs(0, hour), hour)
    assert.equal(ageMs(hour, -1_000), hour + 1_000)
  })
})

describe('a shared token and an errand', () => {
  const errand = (overrides: Partial<Errand> = {}): Errand => ({
    trigger: 'empty',
    knownFingerprint: undefined,
    minTtlSeconds: 0,
    ...overrides,
  })
  const cases: readonly [string, number, Errand, boolean][] = [
    ['a fresh token serves a process without one', 0, errand(), true],
    ['a token that is due for renewal serves a process without one', 2_700_000, errand(), true],
    ['a token past its safety margin serves nobody', hour - 30_000, errand(), false],
    ['the token in hand is nothing new', 0, errand({ knownFingerprint: 'f1' }), false],
    ['another token replaces a refused one', 0, errand({ trigger: 'refused' }), true],
    ['a fresh token serves a renewal', 0, errand({ trigger: 'due', knownFingerprint: 'f0' }), true],
    [
      'a token that is due itself serves no renewal',
      2_700_000,
      errand({ trigger: 'due', knownFingerprint: 'f0' }),
      false,
    ],
    [
      'a token that lives for long enough serves a demand',
      0,
      errand({ minTtlSeconds: 3_570 }),
      true,
    ],
    [
      'a token that lives too short for a demand does not',
      1,
      errand({ minTtlSeconds: 3_570 }),
      false,
    ],
  ]
  for (const [title, ageMs, demand, expected] of cases) {
    it(title, () => {
      const clock = new FakeClock()
      assert.equal(servesErrand(granted(clock, ageMs), demand, clock.monotonicMs()), expected)
    })
  }
})
