import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ListenError, StorageError } from '@mintmark/authorization-server'
import { InvariantViolation } from '@mintmark/runtime'
import { failure, usageFailure } from '../src/command-failure.ts'
import { describeFailure } from '../src/failure.ts'

const secret = 'sesame-open-now'

class WithSecret extends Error {
  override readonly name: string = 'WithSecret'
  readonly code = secret
  constructor(name?: string) {
    super(secret)
    if (name !== undefined) this.name = name
  }
}

describe('describing a failure', () => {
  it('keeps code, line and exit code of what a command threw on purpose', () => {
    assert.deepEqual(describeFailure(failure('a_code', 'a line')), {
      code: 'a_code',
      message: 'a line',
      exitCode: 1,
    })
    assert.equal(describeFailure(usageFailure('a_code', 'a line')).exitCode, 2)
  })

  it('takes storage and port failures in their own words', () => {
    const storage = new StorageError('storage_unavailable', '/d', '/d cannot be read; check it')
    assert.deepEqual(describeFailure(storage), {
      code: 'storage_unavailable',
      message: '/d cannot be read; check it',
      exitCode: 1,
    })
    const listen = describeFailure(new ListenError('port_in_use', '127.0.0.1', 80))
    assert.equal(listen.code, 'port_in_use')
    assert.match(listen.message, /127\.0\.0\.1 port 80/)
  })

  it('tells the broken statement of a bug', () => {
    const { code, message } = describeFailure(new InvariantViolation('one is two'))
    assert.equal(code, 'internal_error')
    assert.match(message, /one is two/)
  })

  const unplanned: readonly (readonly [string, unknown])[] = [
    ['an error of another class', new WithSecret()],
    ['an error whose name is a member of every object', new WithSecret('toString')],
    ['an error whose name is __proto__', new WithSecret('__proto__')],
    ['a TypeError', new TypeError(secret)],
    ['a text', secret],
    ['an object', { message: secret, name: secret }],
    ['nothing', undefined],
    ['null', null],
    ['an error without prototype', Object.assign(Object.create(null), { message: secret })],
  ]
  for (const [title, thrown] of unplanned) {
    it(`shows nothing of ${title} but its class`, () => {
      const { code, message, exitCode } = describeFailure(thrown)
      assert.equal(code, 'internal_error')
      assert.equal(exitCode, 1)
      assert.ok(!message.includes(secret))
    })
  }

  it('is one line, whatever the message holds', () => {
    const { message } = describeFailure(failure('a_code', 'one\ntwo\u001b[2J'))
    assert.equal(message, 'one\\u000atwo\\u001b[2J')
  })
})
