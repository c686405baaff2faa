import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Parameters, parametersFromForm, parametersFromJson } from '@mintmark/protocol'
import fc from 'fast-check'
import { KnownBodies, PLAIN_FORM, PLAIN_JSON } from '../../src/endpoints/known-bodies.ts'

const names = ['grant_type', 'scope', 'resource', 'audience', 'client_id']
const secretNames = ['client_secret', 'client_assertion', 'subject_token', 'token', 'actor_token']
const pieces = fc.constantFrom(
  ...names,
  ...secretNames,
  ...['client%5Fsecret', 'client_secret%3D', '\\u0063lient_secret', 'a b', 'x', '%41', '%', '+'],
  ...['=', '=', '&', '&', '":"', '","', '{"', '"}', '"', '\\', '[', ']', ',', ':', ' ', '\n', 'é'],
)
const form = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))
const json = form.map((text) => `{"${text}"}`)
const likely = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.string()), { minLength: 1, maxLength: 4 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'))

const kinds = [
  { name: 'forms', parse: parametersFromForm, isPlain: PLAIN_FORM, texts: fc.oneof(form, likely) },
  { name: 'JSON', parse: parametersFromJson, isPlain: PLAIN_JSON, texts: fc.oneof(json, form) },
]

const said = (parameters: Parameters) =>
  [...names, ...secretNames].map((name) => parameters.all(name))

for (const { name, parse, isPlain, texts } of kinds) {
  describe(`known bodies, of ${name}`, () => {
    it('say at every reading what they say at the first [A5]', () => {
      const known = new KnownBodies(parse, isPlain)
      const property = fc.property(texts, (text) => {
        const anew = parse(text)
        for (const read of [known.read(text), known.read(text)]) {
          assert.equal(read.ok, anew.ok)
          if (read.ok && anew.ok) assert.deepEqual(said(read.parameters), said(anew.value))
          if (!read.ok && !anew.ok) assert.equal(read.violation, anew.violation)
        }
      })
      fc.assert(property, { numRuns: 200 })
    })

    it('are plain only when no credential can be in them [A6]', () => {
      const known = new KnownBodies(parse, isPlain)
      const property = fc.property(texts, (text) => {
        const read = known.read(text)
        if (!read.ok || read.plainBody === undefined) return
        assert.equal(read.plainBody, text)
        for (const secret of secretNames) assert.deepEqual(read.parameters.all(secret), [])
      })
      fc.assert(property, { numRuns: 200 })
    })
  })
}

describe('a known body', () => {
  const forms = new KnownBodies(parametersFromForm, PLAIN_FORM)
  const plainBodyOf = (read: ReturnType<KnownBodies['read']>) => (read.ok ? read.plainBody : read)

  it('is plain when it names what is asked for and nothing else [A5]', () => {
    const text = 'grant_type=client_credentials&scope=a%20b&resource=https%3A%2F%2Fapi.example'
    assert.equal(plainBodyOf(forms.read(text)), text)
    for (const more of [
      'client_secret=x',
      'client%5Fsecret=x',
      'unknown=x',
      'scope',
      '',
      '%73=x',
    ]) {
      assert.notEqual(plainBodyOf(forms.read(`${text}&${more}`)), `${text}&${more}`)
    }
  })

  it('is read once: the same parameters come back [A5]', () => {
    const [first, second] = [forms.read('scope=a'), forms.read('scope=a')]
    assert.ok(first.ok && second.ok)
    assert.equal(first.parameters, second.parameters)
  })

  it('is read each time when it is long or may hold a credential [A6]', () => {
    for (const text of [`scope=${'a'.repeat(600)}`, 'scope=a&client_secret=b']) {
      const [first, second] = [forms.read(text), forms.read(text)]
      assert.ok(first.ok && second.ok)
      assert.notEqual(first.parameters, second.parameters)
    }
  })

  it('is not the same in two media types [A5]', () => {
    const documents = new KnownBodies(parametersFromJson, PLAIN_JSON)
    const document = '{"grant_type":"client_credentials","scope":"a"}'
    assert.equal(plainBodyOf(documents.read(document)), document)
    assert.equal(plainBodyOf(forms.read(document)), undefined)
  })

  it('makes room when there are too many [A10]', () => {
    const first = forms.read('scope=first')
    for (let count = 0; count < 3_000; count += 1) forms.read(`scope=number-${count}`)
    const again = forms.read('scope=first')
    assert.ok(first.ok && again.ok)
    assert.notEqual(first.parameters, again.parameters)
  })
})
