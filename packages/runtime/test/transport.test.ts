import assert from 'node:assert/strict'
import { test } from 'node:test'
import { discardBody, readBoundedText } from '@mintmark/runtime'
import fc from 'fast-check'

/** A response whose body arrives in these chunks; tells whether it was cancelled. */
function chunked(chunks: readonly Uint8Array[]) {
  const source = { cancelled: false, sent: 0 }
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[source.sent]
      source.sent += 1
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
    cancel() {
      source.cancelled = true
    },
  })
  return { response: new Response(body), source }
}

test('a body comes back as it was, however it is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 7 }),
      async (text, size) => {
        const octets = new TextEncoder().encode(text)
        const chunks: Uint8Array[] = []
        for (let at = 0; at < octets.length; at += size) chunks.push(octets.slice(at, at + size))
        const read = await readBoundedText(chunked(chunks).response, 10_000)
        assert.deepEqual(read, { ok: true, text })
      },
    ),
  )
})

test('a body of exactly the limit is read, one octet more is not', async () => {
  const octets = new TextEncoder().encode('x'.repeat(100))
  assert.equal((await readBoundedText(new Response(octets), 100)).ok, true)
  const longer = await readBoundedText(new Response(octets), 99)
  assert.deepEqual(longer, { ok: false, violation: 'body_too_large' })
})

test('an endless body is cancelled as soon as it exceeds the limit', async () => {
  const chunk = new Uint8Array(1_000)
  const { response, source } = chunked(Array.from({ length: 1_000_000 }, () => chunk))
  const read = await readBoundedText(response, 5_000)
  assert.deepEqual(read, { ok: false, violation: 'body_too_large' })
  assert.equal(source.cancelled, true)
  assert.ok(source.sent < 10)
})

test('octets that are not UTF-8 are refused, also when a chunk ends in the middle of a character', async () => {
  for (const octets of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
    const read = await readBoundedText(new Response(Uint8Array.from(octets)), 100)
    assert.deepEqual(read, { ok: false, violation: 'not_utf8' })
  }
})

test('a byte order mark stays, so that a JSON parser sees it', async () => {
  const read = await readBoundedText(new Response(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b)), 100)
  assert.deepEqual(read, { ok: true, text: '\ufeff{' })
})

test('a response without a body reads as the empty text', async () => {
  assert.deepEqual(await readBoundedText(new Response(null), 100), { ok: true, text: '' })
})

test('a body that breaks off rejects with what the stream says', async () => {
  const failure = new RangeError('connection lost')
  const body = new ReadableStream({ start: (controller) => controller.error(failure) })
  await assert.rejects(readBoundedText(new Response(body), 100), failure)
})

test('a body that nobody wants is cancelled; one in use, broken or absent is left alone', async () => {
  const unwanted = chunked([new Uint8Array(1)])
  await discardBody(unwanted.response)
  assert.equal(unwanted.source.cancelled, true)
  const inUse = new Response('text')
  inUse.body?.getReader()
  await discardBody(inUse)
  await discardBody(new Response(null))
  const failed = new ReadableStream({ start: (controller) => controller.error(new Error('lost')) })
  await discardBody(new Response(failed))
})
