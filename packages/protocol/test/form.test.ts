import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  accepted,
  type FormPair,
  type FormViolation,
  formDecode,
  formEncode,
  parseForm,
  serialiseForm,
} from '../src/index.ts'
import { unicodeText } from './any-text.ts'
import { parsedValue } from './parsed-value.ts'

const readings: readonly { text: string; pairs: readonly FormPair[] }[] = [
  { text: '', pairs: [] },
  { text: 'a=1', pairs: [['a', '1']] },
  {
    text: 'a=1&b=2',
    pairs: [
      ['a', '1'],
      ['b', '2'],
    ],
  },
  {
    text: 'a=1&a=2',
    pairs: [
      ['a', '1'],
      ['a', '2'],
    ],
  },
  {
    text: '&&a=1&&&b=2&',
    pairs: [
      ['a', '1'],
      ['b', '2'],
    ],
  },
  { text: 'a', pairs: [['a', '']] },
  { text: 'a=', pairs: [['a', '']] },
  { text: '=1', pairs: [['', '1']] },
  { text: '=', pairs: [['', '']] },
  { text: 'a=b=c==', pairs: [['a', 'b=c==']] },
  { text: 'a=b+c%20d%2Be', pairs: [['a', 'b c d+e']] },
  { text: 'a+b=1', pairs: [['a b', '1']] },
  { text: 'a=b c', pairs: [['a', 'b c']] },
  { text: 'a%3D=%26', pairs: [['a=', '&']] },
  { text: 'a=%C3%A4%e2%82%ac%F0%9F%98%80', pairs: [['a', 'ä€😀']] },
  { text: 'a=%00%0A', pairs: [['a', '\0\n']] },
  { text: 'a=1;b=2', pairs: [['a', '1;b=2']] },
  { text: '__proto__=1', pairs: [['__proto__', '1']] },
]

const refusals: readonly { text: string; violation: FormViolation; because: string }[] = [
  { text: 'a=%', violation: 'malformed_encoding', because: 'a lone percent sign' },
  { text: 'a=%4', violation: 'malformed_encoding', because: 'half a triplet' },
  { text: 'a=%4&b=1', violation: 'malformed_encoding', because: 'half a triplet before &' },
  { text: 'a=%zz', violation: 'malformed_encoding', because: 'a triplet without hex digits' },
  { text: 'a=% 41', violation: 'malformed_encoding', because: 'a space in a triplet' },
  { text: 'a=%+41', violation: 'malformed_encoding', because: 'a plus in a triplet' },
  { text: '%g0=1', violation: 'malformed_encoding', because: 'a malformed name' },
  { text: 'a=%FF', violation: 'malformed_encoding', because: 'an octet UTF-8 has not' },
  { text: 'a=%C3', violation: 'malformed_encoding', because: 'UTF-8 that ends early' },
  { text: 'a=%C3&b=%A4', violation: 'malformed_encoding', because: 'UTF-8 across pairs' },
  { text: 'a=%C0%AF', violation: 'malformed_encoding', because: 'overlong UTF-8' },
  { text: 'a=%ED%A0%80', violation: 'malformed_encoding', because: 'a surrogate in UTF-8' },
  { text: 'a=%F4%90%80%80', violation: 'malformed_encoding', because: 'beyond Unicode' },
  { text: 'a=ä', violation: 'malformed_encoding', because: 'a raw letter outside ASCII' },
  { text: 'a=\ud83d', violation: 'malformed_encoding', because: 'an unpaired surrogate' },
  { text: 'a=1\n', violation: 'malformed_encoding', because: 'a raw line feed' },
  { text: 'a=\0', violation: 'malformed_encoding', because: 'a raw NUL' },
  { text: '\ufeffa=1', violation: 'malformed_encoding', because: 'a byte order mark' },
  { text: `a=${'b'.repeat(32_767)}`, violation: 'form_too_long', because: 'a long value' },
  { text: 'a=1&'.repeat(65), violation: 'too_many_parameters', because: '65 pairs' },
]

describe('parseForm', () => {
  for (const { text, pairs } of readings) {
    it(`reads ${JSON.stringify(text)} as URLSearchParams does`, () => {
      assert.deepEqual(parseForm(text), accepted(pairs))
      assert.deepEqual([...new URLSearchParams(text)], pairs)
    })
  }

  for (const { text, violation, because } of refusals) {
    it(`refuses ${because} as ${violation} [A1]`, () => {
      assert.deepEqual(parseForm(text), { ok: false, violation })
    })
  }

  it('reads as many and as long as permitted', () => {
    assert.equal(parsedValue(parseForm('a=1&'.repeat(64))).length, 64)
    assert.equal(parsedValue(parseForm(`a=${'b'.repeat(32_766)}`)).length, 1)
    assert.deepEqual(parseForm('&'.repeat(32_768)), accepted([]))
  })

  it('reads back what serialiseForm wrote', () => {
    fc.assert(
      fc.property(formPairs, (pairs) => {
        assert.deepEqual(parseForm(serialiseForm(pairs)), accepted(pairs))
      }),
    )
  })

  it('reads what URLSearchParams wrote', () => {
    fc.assert(
      fc.property(formPairs, (pairs) => {
        const text = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString()
        assert.deepEqual(parseForm(text), accepted(pairs))
      }),
    )
  })

  it('agrees with URLSearchParams on whatever it accepts', () => {
    const piece = fc.constantFrom('a', '=', '&', '+', '%41', '%C3%A4', ' ', ';', '%', '%C3', 'ä')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')
        const form = parseForm(text)
        if (form.ok) assert.deepEqual(form.value, [...new URLSearchParams(text)])
        else assert.match(text, /%(?!41|C3%A4)|ä/)
      }),
    )
  })
})

describe('serialiseForm', () => {
  it('writes exactly what URLSearchParams writes', () => {
    fc.assert(
      fc.property(formPairs, (pairs) => {
        const other = new URLSearchParams(pairs.map(([name, value]) => [name, value]))
        assert.equal(serialiseForm(pairs), other.toString())
      }),
    )
  })
})

describe('formEncode', () => {
  it('writes every printable character as URLSearchParams does', () => {
    for (let code = 0x20; code < 0x7f; code += 1) {
      const character = String.fromCharCode(code)
      assert.equal(`${formEncode(character)}=`, new URLSearchParams([[character, '']]).toString())
    }
  })

  it('throws on an unpaired surrogate, without repeating the text', () => {
    assert.throws(
      () => formEncode('hidden\ud800'),
      (error: unknown) => {
        return error instanceof RangeError && !error.message.includes('hidden')
      },
    )
  })
})

describe('formDecode', () => {
  it('gives back what formEncode was given', () => {
    fc.assert(fc.property(unicodeText, (text) => formDecode(formEncode(text)) === text))
  })

  it('gives nothing for malformed encoding', () => {
    for (const text of ['%', '%4', '%zz', '%FF', 'ä', '\n', 'a\u007f']) {
      assert.equal(formDecode(text), undefined)
    }
  })
})

const formPairs: fc.Arbitrary<readonly FormPair[]> = fc.array(fc.tuple(unicodeText, unicodeText), {
  maxLength: 20,
})
