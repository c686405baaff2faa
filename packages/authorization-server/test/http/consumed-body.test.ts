import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { parametersFromForm, parametersFromJson } from '@mintmark/protocol'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { consumedBody } from '../../src/http/consumed-body.ts'
import type { RequestBody } from '../../src/http/endpoint.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const form = 'application/x-www-form-urlencoded'

function read(body: unknown, type: string): RequestBody {
  const message = { body, headers: { 'content-type': type } } as unknown as IncomingMessage
  return consumedBody(message, (bytes) => ({ ok: true, text: bytes.toString('utf8') }))
}

test('a body that a parser kept as octets or text is that body [A14]', () => {
  const text = 'grant_type=client_credentials'
  for (const body of [text, Buffer.from(text), new TextEncoder().encode(text)]) {
    assert.deepEqual(read(body, form), { ok: true, text })
  }
})

test('a form that a parser took apart has all of its parameters, repeated ones too [A14]', () => {
  const body = { grant_type: 'client_credentials', resource: ['https://a', 'https://b'] }
  const result = read(body, `${form}; charset=utf-8`)
  assert(result.ok)
  const parameters = parametersFromForm(result.text)
  assert.equal(
    result.text,
    'grant_type=client_credentials&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb',
  )
  assert(parameters.ok)
})

test('nested objects, which no form has, make the body malformed [A14]', () => {
  for (const body of [{ a: { b: 'c' } }, { a: [['b']] }, { a: 1 }, { a: null }]) {
    assert.deepEqual(read(body, form), { ok: false, violation: 'body_malformed' })
  }
})

test('a body of which nothing was kept is refused as our own failure [A14]', () => {
  for (const body of [undefined, null, 7, true]) {
    assert.deepEqual(read(body, form), { ok: false, violation: 'body_already_read' })
  }
})

test('what cannot be JSON is malformed, not an exception [A14]', () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  for (const body of [circular, { a: 1n }]) {
    assert.deepEqual(read(body, 'application/json'), { ok: false, violation: 'body_malformed' })
  }
})

test('any form and any JSON object come through a parser as they were [A14]', () => {
  const texts = fc.string({ unit: anyCharacter })
  fc.assert(
    fc.property(fc.dictionary(texts, texts), (members) => {
      const asForm = read(members, form)
      const asJson = read(members, 'application/json')
      assert(asForm.ok && asJson.ok)
      assert.deepEqual(JSON.parse(asJson.text), JSON.parse(JSON.stringify(members)))
      const expected = new URLSearchParams(Object.entries(members))
      assert.equal(new URLSearchParams(asForm.text).toString(), expected.toString())
      assert.equal(
        parametersFromJson(asJson.text).ok,
        parametersFromJson(JSON.stringify(members)).ok,
      )
    }),
    { numRuns: 100 },
  )
})
