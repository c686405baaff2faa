import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { LIMIT_SCRIPT, LIMIT_SCRIPT_SHA } from '../../src/redis/limit-script.ts'
import { nameOf, namingKey } from '../../src/redis/naming-key.ts'

test('the script has the name that Redis gives it', () => {
  assert.equal(LIMIT_SCRIPT_SHA, createHash('sha1').update(LIMIT_SCRIPT).digest('hex'))
})

const SECRET = Uint8Array.from({ length: 64 }, (_, at) => at * 3)

for (const length of [16, 32, 64]) {
  test(`names are HMAC-SHA-256 under a secret of ${length} bytes, cut to 128 bits`, async () => {
    const secret = SECRET.subarray(0, length)
    for (const text of ['', 'hourly partner-a', 'ü'.repeat(500)]) {
      const expected = createHmac('sha256', secret).update(text).digest('hex').slice(0, 32)
      assert.equal(await nameOf(namingKey(secret), text), expected)
    }
  })
}
