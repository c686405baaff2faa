import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type FormPair,
  type ParameterViolation,
  parametersFromForm,
  parametersFromJson,
  serialiseForm,
  serialiseJsonParameters,
} from '../src/index.ts'
import { unicodeText } from './any-text.ts'
import { parsedValue } from './parsed-value.ts'

const sources = [
  { name: 'a form', write: serialiseForm, read: parametersFromForm },
  { name: 'JSON', write: serialiseJsonParameters, read: parametersFromJson },
]

for (const { name: source, write, read } of sources) {
  describe(`parameters from ${source}`, () => {
    it('has the values that were sent, and no others', () => {
      const parameters = parsedValue(
        read(
          write([
            ['grant_type', 'client_credentials'],
            ['x', 'y'],
          ]),
        ),
      )
      assert.equal(parameters.one('grant_type'), 'client_credentials')
      assert.deepEqual(parameters.all('x'), ['y'])
      assert.equal(parameters.one('scope'), undefined)
      assert.deepEqual(parameters.all('scope'), [])
    })

    it('counts an empty value as not sent [A1]', () => {
      const parameters = parsedValue(
        read(
          write([
            ['scope', ''],
            ['resource', ''],
          ]),
        ),
      )
      assert.equal(parameters.one('scope'), undefined)
      assert.deepEqual(parameters.all('scope'), [])
      assert.deepEqual(parameters.all('resource'), [])
    })

    it('keeps every resource in order', () => {
      const pairs: FormPair[] = [
        ['resource', 'b:1'],
        ['scope', 's'],
        ['resource', 'a:2'],
      ]
      const parameters = parsedValue(read(write(pairs)))
      assert.deepEqual(parameters.all('resource'), ['b:1', 'a:2'])
      assert.equal(parameters.one('resource'), undefined)
    })

    it('gives a resource that was sent once as the one value', () => {
      assert.equal(parsedValue(read(write([['resource', 'b:1']]))).one('resource'), 'b:1')
    })

    it('finds nothing under the names every object has', () => {
      const parameters = parsedValue(read(write([])))
      for (const name of ['__proto__', 'constructor', 'toString']) {
        assert.equal(parameters.one(name), undefined)
        assert.deepEqual(parameters.all(name), [])
      }
    })

    it('keeps parameters with the names every object has', () => {
      const parameters = parsedValue(
        read(
          write([
            ['__proto__', 'a'],
            ['constructor', 'b'],
          ]),
        ),
      )
      assert.equal(parameters.one('__proto__'), 'a')
      assert.equal(parameters.one('constructor'), 'b')
    })

    it('refuses 65 values and takes 64', () => {
      const resources = (count: number) =>
        Array.from({ length: count }, (_, at): FormPair => ['resource', `r:${at}`])
      assert.equal(parsedValue(read(write(resources(64)))).all('resource').length, 64)
      assert.deepEqual(read(write(resources(65))), refusedAs('too_many_parameters'))
    })

    it('gives back every distinct pair that was written', () => {
      const pairs = fc.uniqueArray(fc.tuple(unicodeText, unicodeText), {
        selector: ([name]) => name,
        maxLength: 20,
      })
      fc.assert(
        fc.property(pairs, (sent) => {
          const parameters = parsedValue(read(write(sent)))
          for (const [name, value] of sent) {
            assert.equal(parameters.one(name), value === '' ? undefined : value)
          }
        }),
      )
    })
  })
}

describe('parametersFromForm', () => {
  const repetitions = [
    'grant_type=a&grant_type=b',
    'client_id=a&client_id=a',
    'client_id=a&client%5Fid=b',
    'scope=&scope=a',
    'scope=a&scope=',
    'unknown=a&unknown=b',
    'audience=a&audience=b',
    'Resource=a&Resource=b',
    '__proto__=a&__proto__=b',
  ]
  for (const form of repetitions) {
    it(`refuses the repetition in ${form} [A1]`, () => {
      assert.deepEqual(parametersFromForm(form), refusedAs('repeated_parameter'))
    })
  }

  it('passes on why a form is malformed', () => {
    assert.deepEqual(parametersFromForm('a=%'), refusedAs('malformed_encoding'))
  })
})

describe('parametersFromJson', () => {
  const refusals: readonly { json: string; violation: ParameterViolation }[] = [
    { json: '{"a":1}', violation: 'parameter_not_a_string' },
    { json: '{"a":true}', violation: 'parameter_not_a_string' },
    { json: '{"a":null}', violation: 'parameter_not_a_string' },
    { json: '{"a":{}}', violation: 'parameter_not_a_string' },
    { json: '{"a":["b"]}', violation: 'parameter_not_a_string' },
    { json: '{"scope":["a","b"]}', violation: 'parameter_not_a_string' },
    { json: '{"resource":["a:b",1]}', violation: 'parameter_not_a_string' },
    { json: '{"resource":{"0":"a:b"}}', violation: 'parameter_not_a_string' },
    { json: '{"resource":[["a:b"]]}', violation: 'too_deep' },
    { json: '{"a":{"b":{}}}', violation: 'too_deep' },
    { json: '{"a":"b","a":"b"}', violation: 'duplicate_member' },
    { json: '{"client_id":"a","client\\u005fid":"b"}', violation: 'duplicate_member' },
    { json: '["grant_type"]', violation: 'not_an_object' },
    { json: 'grant_type=client_credentials', violation: 'not_json' },
    { json: '', violation: 'not_json' },
    { json: `{"a":"${'b'.repeat(65_536)}"}`, violation: 'too_long' },
  ]
  for (const { json, violation } of refusals) {
    it(`refuses ${json.slice(0, 40)} as ${violation} [A1]`, () => {
      assert.deepEqual(parametersFromJson(json), refusedAs(violation))
    })
  }

  it('reads the token request of MyParcel.com', () => {
    const json =
      '{"grant_type":"client_credentials","client_id":"id","client_secret":"s","scope":"*"}'
    const parameters = parsedValue(parametersFromJson(json))
    assert.deepEqual(
      ['grant_type', 'client_id', 'client_secret', 'scope'].map((name) => parameters.one(name)),
      ['client_credentials', 'id', 's', '*'],
    )
  })

  it('reads an empty list of resources as none', () => {
    assert.deepEqual(parsedValue(parametersFromJson('{"resource":[]}')).all('resource'), [])
  })
})

describe('serialiseJsonParameters', () => {
  it('writes strings, and several resources as an array', () => {
    const pairs: FormPair[] = [
      ['scope', '*'],
      ['resource', 'a:1'],
    ]
    assert.equal(serialiseJsonParameters(pairs), '{"scope":"*","resource":"a:1"}')
    assert.equal(
      serialiseJsonParameters([...pairs, ['resource', 'a:2'], ['resource', 'a:3']]),
      '{"scope":"*","resource":["a:1","a:2","a:3"]}',
    )
  })

  it('throws when another name occurs twice', () => {
    assert.throws(
      () =>
        serialiseJsonParameters([
          ['a', '1'],
          ['a', '2'],
        ]),
      RangeError,
    )
  })
})

function refusedAs(violation: ParameterViolation): { ok: false; violation: ParameterViolation } {
  return { ok: false, violation }
}
