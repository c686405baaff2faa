import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { InvariantViolation } from '@mintmark/runtime'
import fc from 'fast-check'
import { findSecret, seededRandom, the } from '../src/index.ts'

const plain = the.clientSecret
const quoted = '"a"b\\c"d"e"f"g'
const odd = 'pä/s+w "ö\\rd&=%-~ 0123456789'

/** Each leak as a program would print it, and the form in which it is to be found. */
const leaks: readonly { form: string; secret: string; output: string }[] = [
  { form: 'raw', secret: plain, output: `client secret is ${plain}!` },
  { form: 'raw', secret: odd, output: odd },
  { form: 'raw', secret: plain, output: `starts with ${plain.slice(0, 12)}…` },
  { form: 'raw', secret: plain, output: `ends with ${plain.slice(-12)}` },
  { form: 'raw', secret: plain, output: `middle: ${plain.slice(9, 21)}` },
  { form: 'JSON string', secret: quoted, output: JSON.stringify({ message: quoted }) },
  { form: 'base64', secret: plain, output: Buffer.from(plain).toString('base64') },
  { form: 'base64', secret: plain, output: `Basic ${basic(plain)}` },
  { form: 'base64', secret: plain, output: `Basic ${basic(plain.slice(3, 15))}` },
  { form: 'base64', secret: odd, output: `Basic ${basic(odd)}` },
  { form: 'base64url', secret: '~~~???~~~???~~~', output: base64url('x~~~???~~~???~~~') },
  { form: 'hex', secret: plain, output: Buffer.from(plain).toString('hex') },
  { form: 'hex', secret: plain, output: Buffer.from(plain).toString('hex').toUpperCase() },
  { form: 'hex', secret: plain, output: inspect(Buffer.from(plain)) },
  {
    form: 'hex',
    secret: plain,
    output: Buffer.from(plain).toString('hex').match(/../g)?.join(':') ?? '',
  },
  { form: 'byte list', secret: plain, output: JSON.stringify(Buffer.from(plain)) },
  { form: 'byte list', secret: plain, output: JSON.stringify(new TextEncoder().encode(plain)) },
  { form: 'byte list', secret: plain, output: inspect(new TextEncoder().encode(plain)) },
  { form: 'URL-encoded', secret: odd, output: `client_secret=${encodeURIComponent(odd)}` },
  {
    form: 'URL-encoded',
    secret: odd,
    output: `client_secret=${encodeURIComponent(odd).toLowerCase()}`,
  },
  { form: 'URL-encoded', secret: odd, output: new URLSearchParams({ s: odd }).toString() },
  {
    form: 'URL-encoded',
    secret: plain,
    output: Buffer.from(plain).toString('hex').replaceAll(/../g, '%$&'),
  },
]

function basic(secret: string): string {
  return Buffer.from(`${the.clientId}:${secret}`).toString('base64')
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

describe('findSecret', () => {
  for (const [row, { form, secret, output }] of leaks.entries()) {
    it(`finds a secret that was printed as ${form}, case ${row + 1}`, () => {
      assert.equal(findSecret(output, secret), form)
    })
  }

  it('finds any twelve characters of a secret at any place of a base64 text', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.uint8Array({ maxLength: 7 }),
        fc.uint8Array({ maxLength: 7 }),
        fc.nat({ max: 20 }),
        (seed, before, after, start) => {
          const secret = base64url(Buffer.from(seededRandom(seed).bytes(24)).toString('latin1'))
          const piece = Buffer.from(secret.slice(start, start + 12))
          const text = Buffer.concat([before, piece, after])
          for (const encoding of ['base64', 'base64url'] as const) {
            assert.notEqual(findSecret(text.toString(encoding), secret), undefined)
          }
        },
      ),
    )
  })

  it('finds nothing in text without the secret', () => {
    const innocent = [
      '',
      'client_secret',
      the.clientId,
      plain.slice(0, 11),
      [...plain].toReversed().join(''),
      JSON.stringify({ fingerprint: 'e3b0c44298fc1c14', expires_in: 3600 }),
      base64url(seededRandom(9).bytes(600).toString()),
    ]
    for (const output of innocent) assert.equal(findSecret(output, plain), undefined)
  })

  it('looks for a short secret as a whole', () => {
    assert.equal(findSecret('the word is s3cr3t-x.', 's3cr3t-x'), 'raw')
    assert.equal(findSecret(Buffer.from('::s3cr3t-x::').toString('base64'), 's3cr3t-x'), 'base64')
    assert.equal(findSecret('the word is s3cr3t-', 's3cr3t-x'), undefined)
  })

  it('refuses a secret too short to mean anything', () => {
    assert.throws(() => findSecret('anything', '1234567'), InvariantViolation)
  })
})
