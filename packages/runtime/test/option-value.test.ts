import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  booleanValue,
  checkNames,
  functionValue,
  integerWithin,
  listWithin,
  numberWithin,
  oneOf,
  portValue,
} from '@mintmark/runtime'

const port = { read: () => 1 }
const works = (): void => undefined

test('what an option may be is given back as it is', () => {
  checkNames({ a: 1 }, ['a', 'b'])
  assert.deepEqual(
    [numberWithin('n', 0.5, 0, 1), integerWithin('n', 1, 0, 1), booleanValue('n', false)],
    [0.5, 1, false],
  )
  assert.equal(oneOf('n', 'b', ['a', 'b']), 'b')
  assert.deepEqual(listWithin('n', [1], 1), [1])
  assert.equal(portValue('n', port, ['read']), port)
  assert.equal(functionValue('n', works), works)
})

const wrong: readonly (readonly [string, () => unknown, 'TypeError' | 'RangeError', RegExp])[] = [
  ['a name that is not known', () => checkNames({ c: 1 }, ['a']), 'TypeError', /unknown option c/],
  ['no object', () => checkNames(null, ['a'], 'there'), 'TypeError', /^there: expected an object/],
  ['a text for a number', () => numberWithin('n', '1', 0, 1), 'TypeError', /^n: .* a number$/],
  ['no number', () => numberWithin('n', Number.NaN, 0, 1), 'RangeError', /from 0 to 1/],
  ['a number out of range', () => numberWithin('n', 2, 0, 1), 'RangeError', /from 0 to 1/],
  ['a part of an integer', () => integerWithin('n', 0.5, 0, 1), 'RangeError', /an integer/],
  ['another word', () => oneOf('n', 'secret', ['a', 'b']), 'TypeError', /one of a, b$/],
  ['a long list', () => listWithin('n', [1, 2], 1), 'TypeError', /at most 1 elements/],
  ['a word for a boolean', () => booleanValue('n', 'true'), 'TypeError', /true or false/],
  [
    'a port without a method',
    () => portValue<{ read?: () => number }>('n', {}, ['read']),
    ...(['TypeError', /with read$/] as const),
  ],
  ['no function', () => functionValue('n', 'secret'), 'TypeError', /a function/],
]

for (const [title, check, name, message] of wrong) {
  test(`${title} is refused without being repeated`, () => {
    assert.throws(check, (error: Error) => {
      assert.equal(error.name, name)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  })
}
