import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createIdentifierSource,
  createUniformSource,
  type RandomSource,
  systemRandom,
  uniform,
} from '@mintmark/runtime'
import { seededRandom } from '@mintmark/testkit'
import fc from 'fast-check'

/** A source that hands out the given bytes and counts how often it is asked. */
function scripted(bytes: Uint8Array): RandomSource & { asked: number } {
  return {
    asked: 0,
    bytes(length) {
      this.asked += 1
      return Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0)
    },
  }
}

test('an identifier is the base64url text of the 16 bytes it was drawn as', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const next = createIdentifierSource(scripted(bytes))
      assert.equal(next(), Buffer.from(bytes).toString('base64url'))
    }),
  )
})

test('identifiers draw their bytes in blocks and never use one twice', () => {
  const random = seededRandom(7)
  let asked = 0
  const counting = {
    bytes(length: number) {
      asked += 1
      return random.bytes(length)
    },
  }
  const next = createIdentifierSource(counting)
  const seen = new Set(Array.from({ length: 1_000 }, next))
  assert.equal(seen.size, 1_000)
  assert.equal(asked, 4)
})

test('two sources over the same seed agree, over another seed they do not', () => {
  const [first, second, other] = [1, 1, 2].map((seed) =>
    createIdentifierSource(seededRandom(seed))(),
  )
  assert.equal(first, second)
  assert.notEqual(first, other)
})

test('a uniform number lies in [0, 1) at both ends of what bytes can be', () => {
  assert.equal(uniform(scripted(Uint8Array.of(0))), 0)
  const largest = uniform(scripted(Uint8Array.of(255)))
  assert.ok(largest < 1 && largest > 0.999_999)
})

test('the system source gives as many bytes as asked for, and not the same ones again', () => {
  assert.equal(systemRandom.bytes(0).length, 0)
  assert.notDeepEqual(systemRandom.bytes(32), systemRandom.bytes(32))
})

test('a source of uniform numbers draws as `uniform` does, and asks for bytes once in a while', () => {
  const bytes = Uint8Array.from({ length: 768 }, (_, at) => (at * 89) % 256)
  let asked = 0
  const draw = createUniformSource({
    bytes(length) {
      asked += 1
      assert.equal(length, bytes.length)
      return bytes
    },
  })
  for (let at = 0; at < 128; at++) {
    const expected = uniform({ bytes: () => bytes.subarray(6 * at, 6 * at + 6) })
    assert.equal(draw(), expected)
  }
  assert.equal(asked, 1)
  draw()
  assert.equal(asked, 2)
})
