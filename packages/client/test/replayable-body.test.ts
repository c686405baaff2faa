import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isReplayable } from '../src/replayable-body.ts'

const url = 'https://api.example/decisions'

test('sends again what can be read again, and nothing else [C6]', () => {
  async function* chunks() {
    yield new Uint8Array([1])
  }
  const rows: readonly [what: string, body: unknown, replayable: boolean][] = [
    ['no body', undefined, true],
    ['null', null, true],
    ['text', 'a', true],
    ['empty text', '', true],
    ['bytes', new Uint8Array([1]), true],
    ['a view', new DataView(new ArrayBuffer(1)), true],
    ['a buffer', new ArrayBuffer(1), true],
    ['a blob', new Blob(['a']), true],
    ['a form', new FormData(), true],
    ['parameters', new URLSearchParams('a=1'), true],
    ['a stream', new ReadableStream(), false],
    ['an iterator', chunks(), false],
    ['something else', { toString: () => 'a' }, false],
  ]
  for (const [what, body, replayable] of rows) {
    const init = { method: 'POST', body } as RequestInit
    assert.equal(isReplayable(url, init), replayable, what)
    assert.equal(isReplayable(new URL(url), init), replayable, what)
  }
})

test('sends a Request object again only when it has no body [C6]', () => {
  assert.equal(isReplayable(new Request(url), undefined), true)
  assert.equal(isReplayable(new Request(url), { headers: {} }), true)
  assert.equal(isReplayable(new Request(url, { method: 'POST', body: 'a' }), undefined), false)
  assert.equal(isReplayable(new Request(url, { method: 'POST', body: 'a' }), { body: 'b' }), true)
})
