import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide, readDraft } from '../../src/demo/partner-api/application.ts'

const draft = { applicant: 'Ada Lovelace', amount: 100_000, currency: 'EUR' }
const read = (members: object) => readDraft(JSON.stringify({ ...draft, ...members }))

test('reads an application, with a reference or without', () => {
  assert.deepEqual(read({}), { draft: { ...draft, reference: undefined } })
  assert.deepEqual(read({ reference: 'r-1' }), { draft: { ...draft, reference: 'r-1' } })
})

const faults: readonly (readonly [string, object, string])[] = [
  ['no applicant', { applicant: undefined }, '/applicant'],
  ['an empty applicant', { applicant: '' }, '/applicant'],
  ['an applicant of 201 characters', { applicant: 'a'.repeat(201) }, '/applicant'],
  ['a control character', { applicant: 'a\u0000b' }, '/applicant'],
  ['an amount as text', { amount: '100' }, '/amount'],
  ['an amount of nothing', { amount: 0 }, '/amount'],
  ['half a cent', { amount: 0.5 }, '/amount'],
  ['an amount beyond all bounds', { amount: 1e300 }, '/amount'],
  ['a currency in lower case', { currency: 'eur' }, '/currency'],
  ['a reference that is null', { reference: null }, '/reference'],
  ['a member that nobody knows', { decision: 'approved' }, ''],
]
for (const [title, members, pointer] of faults) {
  test(`points at ${title}`, () => {
    const outcome = read(members)
    assert.ok(typeof outcome === 'object' && 'faults' in outcome)
    assert.deepEqual(
      outcome.faults.map((fault) => fault.pointer),
      [pointer],
    )
  })
}

test('takes nothing that is no JSON object, or says a member twice', () => {
  for (const body of ['', '[]', '1', '{', '{"amount":1,"amount":2}', '{"a":{"b":{}}}']) {
    assert.equal(readDraft(body), 'malformed')
  }
})

test('takes any text without failing, and repeats nothing of it', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(fc.string(), fc.jsonValue()).map((v) => JSON.stringify(v)),
  )
  fc.assert(
    fc.property(anything, (body) => {
      const outcome = readDraft(body)
      if (typeof outcome === 'object' && 'faults' in outcome) {
        const pointers = ['', '/applicant', '/amount', '/currency', '/reference']
        for (const fault of outcome.faults) assert.ok(pointers.includes(fault.pointer))
      }
    }),
    { numRuns: 200 },
  )
})

test('approves, looks at and declines by the amount', () => {
  const of = (amount: number) => decide({ ...draft, amount, reference: undefined })
  assert.deepEqual(
    [of(1_000_000), of(1_000_001), of(10_000_001)],
    ['approved', 'in_review', 'declined'],
  )
})
