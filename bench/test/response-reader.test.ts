import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ResponseReader } from '../load/response-reader.ts'

const response =
  'HTTP/1.1 401 Unauthorized\r\nDate: now\r\ncontent-length: 5\r\nVia: x\r\n\r\nhello'

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

describe('ResponseReader', () => {
  it('reads status and body from one chunk', () => {
    const read = new ResponseReader().push(bytes(response))
    assert.deepEqual([read?.status, read?.body.toString()], [401, 'hello'])
  })

  it('reads the same however the bytes are cut, with a buffer that is reused for each chunk', () => {
    const cuts = fc.array(fc.nat(response.length), { maxLength: 6 })
    fc.assert(
      fc.property(cuts, (places) => {
        const reader = new ResponseReader()
        const memory = Buffer.alloc(response.length)
        const ends = [...places.toSorted((a, b) => a - b), response.length]
        let start = 0
        let read: ReturnType<ResponseReader['push']>
        for (const end of ends.filter((place, at) => place > (ends[at - 1] ?? 0))) {
          assert.equal(read, undefined)
          const length = memory.write(response.slice(start, end), 'latin1')
          read = reader.push(memory.subarray(0, length))
          start = end
        }
        assert.deepEqual([read?.status, read?.body.toString()], [401, 'hello'])
      }),
    )
  })

  it('reads the next response of the connection', () => {
    const reader = new ResponseReader()
    reader.push(bytes(response))
    const read = reader.push(bytes('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    assert.deepEqual([read?.status, read?.body.length], [200, 0])
  })

  for (const [name, text] of [
    ['bytes behind the response', `${response}H`],
    ['a response without Content-Length', 'HTTP/1.1 200 OK\r\nDate: now\r\n\r\n'],
    ['a length that another header names', 'HTTP/1.1 200 OK\r\nX-Content-Length: 0\r\n\r\n'],
  ] as const) {
    it(`throws for ${name}`, () => {
      assert.throws(() => new ResponseReader().push(bytes(text)))
    })
  }
})
