import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as oauth from 'oauth4webapi'
import {
  parseBasicCredentials,
  parseBasicReadings,
  redact,
  serialiseBasicCredentials,
} from '../src/index.ts'
import { unicodeText } from './any-text.ts'
import { parsedValue } from './parsed-value.ts'

const malformed: readonly { value: string; because: string }[] = [
  { value: '', because: 'an empty value' },
  { value: 'Basic', because: 'a scheme alone' },
  { value: 'Basic ', because: 'no credentials' },
  { value: `Bearer ${btoa('a:b')}`, because: 'another scheme' },
  { value: `Basic${btoa('a:b')}`, because: 'no space after the scheme' },
  { value: `Basic\t${btoa('a:b')}`, because: 'a tab after the scheme' },
  { value: ` Basic ${btoa('a:b')}`, because: 'a leading space' },
  { value: `Basic ${btoa('a:b')} `, because: 'a trailing space' },
  { value: `Basic ${btoa('a:b')}\n`, because: 'a trailing line feed' },
  { value: `Basic ${btoa('a:b')}, Basic ${btoa('a:b')}`, because: 'two credentials' },
  { value: 'Basic YWI6Yw', because: 'missing padding' },
  { value: 'Basic YWI6Yw===', because: 'too much padding' },
  { value: 'Basic YWI6Yx==', because: 'bits after the last octet' },
  { value: 'Basic YW I6Yw==', because: 'white space inside' },
  { value: 'Basic YWI6_-==', because: 'the base64url alphabet' },
  { value: 'Basic A', because: 'a length no octets have' },
  { value: 'Basic ====', because: 'padding alone' },
  { value: `Basic ${btoa('ab')}`, because: 'a missing colon' },
  { value: `Basic ${btoa(':b')}`, because: 'an empty id' },
  { value: `Basic ${btoa('a:')}`, because: 'an empty secret' },
  { value: `Basic ${btoa(':')}`, because: 'both parts empty' },
  { value: `Basic ${btoa('a:%')}`, because: 'a lone percent sign' },
  { value: `Basic ${btoa('a:%zz')}`, because: 'a malformed triplet' },
  { value: `Basic ${btoa('%FF:b')}`, because: 'invalid UTF-8' },
  { value: `Basic ${btoa('a:\u00e4')}`, because: 'an octet outside ASCII' },
  { value: `Basic ${btoa('a:b\n')}`, because: 'a control character' },
  { value: `Basic ${btoa(`a:${'b'.repeat(6_200)}`)}`, because: 'more than 8 KiB' },
]

describe('parseBasicCredentials', () => {
  for (const { value, because } of malformed) {
    it(`refuses ${because} [A1]`, () => {
      assert.deepEqual(parseBasicCredentials(value), { ok: false, violation: 'malformed_basic' })
    })
  }

  it('reads the scheme in any case, with any number of spaces', () => {
    for (const scheme of ['Basic', 'basic', 'BASIC', 'bAsIc  ']) {
      assert.deepEqual(read(`${scheme} ${btoa('a:b')}`), ['a', 'b'])
    }
  })

  it('splits at the first colon and decodes both sides afterwards [A1]', () => {
    assert.deepEqual(read(`Basic ${btoa('a:b:c')}`), ['a', 'b:c'])
    assert.deepEqual(read(`Basic ${btoa('a%3Ab:c%3Ad+e%2B')}`), ['a:b', 'c:d e+'])
    assert.deepEqual(read(`Basic ${btoa('%C3%A4:%E2%82%AC')}`), ['ä', '€'])
  })

  it('hands the secret over redacted [C10]', () => {
    const { clientSecret } = parsedValue(parseBasicCredentials(`Basic ${btoa('a:hidden')}`))
    assert.equal(String(clientSecret), '[redacted client secret]')
  })
})

describe('parseBasicReadings', () => {
  const readings: readonly (readonly [pair: string, ...(readonly [string, string])[]])[] = [
    ['a:b', ['a', 'b']],
    ['a:b+c', ['a', 'b c'], ['a', 'b+c']],
    ['a%3Ab:c', ['a:b', 'c'], ['a%3Ab', 'c']],
    ['a:50%', ['a', '50%']],
    ['a:%zz', ['a', '%zz']],
    ['a:b:c%20', ['a', 'b:c '], ['a', 'b:c%20']],
    ['a:\u00c3\u00a4', ['a', 'ä']],
    ['a:%00', ['a', '\0'], ['a', '%00']],
  ]

  for (const [pair, ...expected] of readings) {
    it(`reads ${JSON.stringify(pair)} in ${expected.length} ways, that of RFC 6749 first [A1]`, () => {
      const found = parsedValue(parseBasicReadings(`Basic ${btoa(pair)}`))
      const texts = found.map(({ clientId, clientSecret }) => [clientId, clientSecret.reveal()])
      assert.deepEqual(texts, expected)
    })
  }

  for (const octets of ['a:\u00ff', 'a:b\n', 'a:\0', '\u00e4:b', ':b', 'a:', 'ab']) {
    it(`refuses ${JSON.stringify(octets)}, which reads in neither way [A1]`, () => {
      const parsed = parseBasicReadings(`Basic ${btoa(octets)}`)
      assert.deepEqual(parsed, { ok: false, violation: 'malformed_basic' })
    })
  }

  it('finds what was written among its readings, whichever way that was [A1]', () => {
    const text = unicodeText.filter((each) => each !== '' && !/[\0-\x1f\x7f]/.test(each))
    const id = text.filter((each) => !each.includes(':'))
    const encoding = fc.constantFrom('form', 'raw')
    fc.assert(
      fc.property(id, text, encoding, (clientId, secret, way) => {
        const value = serialiseBasicCredentials(clientId, redact('client secret', secret), way)
        const found = parsedValue(parseBasicReadings(value))
        const isThere = found.some(
          (each) => each.clientId === clientId && each.clientSecret.reveal() === secret,
        )
        assert(isThere)
        assert(found.length <= 2)
      }),
    )
  })
})

describe('serialiseBasicCredentials', () => {
  it('writes the example of RFC 6749 section 2.3.1', () => {
    assert.equal(
      serialiseBasicCredentials('s6BhdRkqt3', redact('client secret', '7Fjfp0ZBr1KtDRbnfVdmIw')),
      'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
    )
  })

  it('form-encodes both parts unless told otherwise [C11]', () => {
    const secret = redact('client secret', 'p:a ss+ä')
    assert.equal(written('a:b', secret), 'a%3Ab:p%3Aa+ss%2B%C3%A4')
    assert.equal(written('a b', secret, 'raw'), 'a b:p:a ss+Ã¤')
  })

  it('writes the examples of RFC 7617 with raw parts', () => {
    const open = redact('client secret', 'open sesame')
    assert.equal(
      serialiseBasicCredentials('Aladdin', open, 'raw'),
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    )
    const pound = redact('client secret', '123£')
    assert.equal(serialiseBasicCredentials('test', pound, 'raw'), 'Basic dGVzdDoxMjPCow==')
  })

  it('throws rather than move the border between raw id and secret', () => {
    const secret = redact('client secret', 'hidden')
    assert.throws(() => serialiseBasicCredentials('a:b', secret, 'raw'), RangeError)
  })

  it('writes what parseBasicCredentials reads', () => {
    const part = unicodeText.filter((text) => text !== '')
    fc.assert(
      fc.property(part, part, (id, secret) => {
        const value = serialiseBasicCredentials(id, redact('client secret', secret))
        assert.deepEqual(read(value), [id, secret])
      }),
    )
  })
})

describe('Basic credentials of oauth4webapi', () => {
  const part = unicodeText.filter((text) => text !== '')

  it('are read as what they were made of', () => {
    fc.assert(
      fc.property(part, part, (id, secret) => {
        assert.deepEqual(read(sentByOauth4webapi(id, secret)), [id, secret])
      }),
    )
  })

  it('are ours, octet for octet, when nothing needs encoding but what both encode alike', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'azAZ09 :+/=%&ä€😀'), minLength: 1 })
    fc.assert(
      fc.property(plain, plain, (id, secret) => {
        const ours = serialiseBasicCredentials(id, redact('client secret', secret))
        assert.equal(ours, sentByOauth4webapi(id, secret))
      }),
    )
  })
})

function read(value: string): [string, string] {
  const { clientId, clientSecret } = parsedValue(parseBasicCredentials(value))
  return [clientId, clientSecret.reveal()]
}

function written(...parameters: Parameters<typeof serialiseBasicCredentials>): string {
  return atob(serialiseBasicCredentials(...parameters).slice('Basic '.length))
}

function sentByOauth4webapi(clientId: string, secret: string): string {
  const headers = new Headers()
  const authenticate = oauth.ClientSecretBasic(secret)
  const server = { issuer: 'https://issuer.example' }
  authenticate(server, { client_id: clientId }, new URLSearchParams(), headers)
  return headers.get('authorization') ?? ''
}
