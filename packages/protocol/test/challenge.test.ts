import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as oauth from 'oauth4webapi'
import { type Challenge, parseChallenges, serialiseChallenge } from '../src/index.ts'
import { httpToken, printableText } from './any-text.ts'

/** A challenge as plain data. */
interface Plain {
  readonly scheme: string
  readonly token68?: string
  readonly parameters?: Readonly<Record<string, string>>
}

const readings: readonly { header: string; challenges: readonly Plain[] }[] = [
  { header: 'Bearer', challenges: [{ scheme: 'bearer' }] },
  { header: 'Bearer realm="api"', challenges: [bearer({ realm: 'api' })] },
  { header: 'BEARER Realm=api', challenges: [bearer({ realm: 'api' })] },
  {
    header: 'Bearer realm="api", error="invalid_token", error_description="The token expired"',
    challenges: [
      bearer({ realm: 'api', error: 'invalid_token', error_description: 'The token expired' }),
    ],
  },
  {
    header: 'Bearer error="insufficient_scope",scope="a b"',
    challenges: [bearer({ error: 'insufficient_scope', scope: 'a b' })],
  },
  {
    header: 'Basic realm="a", Bearer error="invalid_token"',
    challenges: [
      { scheme: 'basic', parameters: { realm: 'a' } },
      bearer({ error: 'invalid_token' }),
    ],
  },
  {
    header: 'Negotiate, Basic realm="a"',
    challenges: [{ scheme: 'negotiate' }, { scheme: 'basic', parameters: { realm: 'a' } }],
  },
  {
    header: 'Negotiate YIIB/+~-._==, Bearer',
    challenges: [{ scheme: 'negotiate', token68: 'YIIB/+~-._==' }, { scheme: 'bearer' }],
  },
  { header: 'Bearer a="b, c=d, Basic e"', challenges: [bearer({ a: 'b, c=d, Basic e' })] },
  { header: 'Bearer a="b \\" c \\\\ d"', challenges: [bearer({ a: 'b " c \\ d' })] },
  { header: 'Bearer a=""', challenges: [bearer({ a: '' })] },
  { header: 'Bearer a = "b" , c = d', challenges: [bearer({ a: 'b', c: 'd' })] },
  { header: 'Bearer a="b" c="d"', challenges: [bearer({ a: 'b', c: 'd' })] },
  { header: ' , Bearer a=b,, ,c=d ,', challenges: [bearer({ a: 'b', c: 'd' })] },
  {
    header: 'DPoP error="use_dpop_nonce", algs="ES256 EdDSA"',
    challenges: [{ scheme: 'dpop', parameters: { error: 'use_dpop_nonce', algs: 'ES256 EdDSA' } }],
  },
]

/** What is not quite a challenge, and how much of it is used. */
const remainders: readonly { header: string; challenges: readonly Plain[] }[] = [
  { header: '', challenges: [] },
  { header: ' , ', challenges: [] },
  { header: '"Bearer"', challenges: [] },
  { header: 'Bearer="a"', challenges: [] },
  { header: 'error="invalid_token"', challenges: [] },
  { header: 'error ="invalid_token"', challenges: [] },
  { header: 'Bearer: realm="a"', challenges: [] },
  { header: 'Bearer realm="a', challenges: [{ scheme: 'bearer' }] },
  { header: 'Bearer realm="a\\"', challenges: [{ scheme: 'bearer' }] },
  {
    header: 'Bearer error="invalid_token", error_description="cut o',
    challenges: [bearer({ error: 'invalid_token' })],
  },
  {
    header: 'Bearer error="invalid_token", x="a"b, Basic realm="c"',
    challenges: [bearer({ error: 'invalid_token' })],
  },
  { header: 'Bearer a=b, "c", Basic', challenges: [bearer({ a: 'b' })] },
  { header: 'Bearer a="\n"', challenges: [{ scheme: 'bearer' }] },
  { header: 'Bearer a="\u20ac"', challenges: [{ scheme: 'bearer' }] },
  { header: 'Bearer error=first, error=second', challenges: [bearer({ error: 'first' })] },
  { header: 'Bearer error=first, ERROR="second"', challenges: [bearer({ error: 'first' })] },
  { header: 'Bearer __proto__="a"', challenges: [bearer({ ['__proto__']: 'a' })] },
  { header: `Bearer a="${'b'.repeat(8_192)}"`, challenges: [] },
]

describe('parseChallenges', () => {
  for (const { header, challenges } of readings) {
    it(`reads ${header} as oauth4webapi does [C6]`, async () => {
      assert.deepEqual(parseChallenges(header), challenges.map(challengeOf))
      assert.deepEqual(await readByOauth4webapi(header), challenges.map(challengeOf))
    })
  }

  for (const { header, challenges } of remainders) {
    it(`uses ${challenges.length} of ${JSON.stringify(header.slice(0, 60))} [C6]`, () => {
      assert.deepEqual(parseChallenges(header), challenges.map(challengeOf))
    })
  }

  it('stops after 16 challenges', () => {
    assert.equal(parseChallenges('Bearer, '.repeat(16)).length, 16)
    assert.equal(parseChallenges('Bearer, '.repeat(17)).length, 16)
  })

  it('stops at the 33rd parameter of one challenge', () => {
    const names = Array.from({ length: 33 }, (_, at) => `p${at}=v`)
    const sizes = (header: string) => parseChallenges(header).map((one) => one.parameters.size)
    assert.deepEqual(sizes(`Bearer ${names.slice(0, 32).join()}, Basic realm="a"`), [32, 1])
    assert.deepEqual(sizes(`Bearer ${names.join()}, Basic realm="a"`), [32])
  })

  it('takes a parameter with a name every object has as no other', () => {
    const parameters = parseChallenges('Bearer realm="a"')[0]?.parameters
    assert.equal(parameters?.get('__proto__'), undefined)
    assert.equal(parameters?.get('constructor'), undefined)
  })

  it('reads back what serialiseChallenge wrote, alone and among others', () => {
    fc.assert(
      fc.property(fc.array(challengeWith(httpToken), { maxLength: 5 }), (list) => {
        assert.deepEqual(parseChallenges(headerOf(list)), list.map(lowerCased))
      }),
    )
  })

  it('agrees with oauth4webapi on what serialiseChallenge wrote', async () => {
    const scheme = fc.constantFrom('Bearer', 'DPoP', 'basic', 'Negotiate', 'x-1')
    const challenges = fc.array(challengeWith(scheme), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(challenges, async (list) => {
        const header = headerOf(list)
        assert.deepEqual(parseChallenges(header), await readByOauth4webapi(header))
      }),
    )
  })
})

describe('serialiseChallenge', () => {
  it('writes a scheme alone, and every value quoted', () => {
    assert.equal(serialiseChallenge('Bearer', []), 'Bearer')
    assert.equal(
      serialiseChallenge('Bearer', [
        ['realm', 'api'],
        ['error', 'invalid_token'],
      ]),
      'Bearer realm="api", error="invalid_token"',
    )
    assert.equal(serialiseChallenge('Bearer', [['a', 'b"\\c']]), 'Bearer a="b\\"\\\\c"')
  })

  it('throws on a value that is not printable ASCII, without repeating it', () => {
    for (const value of ['hidden\n', 'hidden\r\nSet-Cookie: a=b', 'hidden\0', 'hidden é', '\t']) {
      assert.throws(
        () => serialiseChallenge('Bearer', [['realm', value]]),
        (error) => error instanceof RangeError && !error.message.includes('hidden'),
      )
    }
  })

  it('throws on a scheme or name that is not a token', () => {
    for (const name of ['', 'a b', 'a"', 'a=', 'é', 'a\n', 'a,']) {
      assert.throws(() => serialiseChallenge(name, []), RangeError)
      assert.throws(() => serialiseChallenge('Bearer', [[name, 'a']]), RangeError)
    }
  })
})

type Written = readonly [scheme: string, parameters: readonly (readonly [string, string])[]]

function challengeWith(scheme: fc.Arbitrary<string>): fc.Arbitrary<Written> {
  const parameters = fc.uniqueArray(fc.tuple(httpToken, printableText), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 6,
  })
  return fc.tuple(scheme, parameters)
}

function headerOf(list: readonly Written[]): string {
  return list.map(([scheme, parameters]) => serialiseChallenge(scheme, parameters)).join(', ')
}

function lowerCased([scheme, parameters]: Written): Challenge {
  return {
    scheme: scheme.toLowerCase(),
    token68: undefined,
    parameters: new Map(parameters.map(([name, value]) => [name.toLowerCase(), value])),
  }
}

function bearer(parameters: Readonly<Record<string, string>>): Plain {
  return { scheme: 'bearer', parameters }
}

function challengeOf(plain: Plain): Challenge {
  return {
    scheme: plain.scheme,
    token68: plain.token68,
    parameters: new Map(Object.entries(plain.parameters ?? {})),
  }
}

async function readByOauth4webapi(header: string): Promise<readonly Challenge[]> {
  const server = { issuer: 'https://issuer.example' }
  const response = new Response(null, { status: 401, headers: { 'www-authenticate': header } })
  try {
    await oauth.processClientCredentialsResponse(server, { client_id: 'partner-a' }, response)
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error
    return error.cause.map((challenge) => ({
      scheme: challenge.scheme,
      token68: challenge.token68,
      parameters: new Map(Object.entries(challenge.parameters).map(textEntry)),
    }))
  }
  return []
}

function textEntry([name, value]: [string, string | undefined]): [string, string] {
  return [name, value ?? '']
}
