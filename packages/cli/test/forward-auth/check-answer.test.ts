import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAnswer } from '../../src/forward-auth/check-answer.ts'
import { identityNames, identityOf } from '../../src/forward-auth/identity-headers.ts'
import type { Judgement } from '../../src/forward-auth/judge.ts'
import { ownRefusal } from '../../src/forward-auth/own-refusal.ts'
import { someAdmission } from './some-admission.ts'

const refusedWith = (status: number): Judgement => ({
  admitted: false,
  refusal: { status, code: 'any', fields: [['retry-after', '3']], body: '{"error":"any"}' },
})

describe('the answer to a proxy', () => {
  it('has every identity field once, whatever is decided and whoever asks [R8]', () => {
    const admitted: Judgement = {
      ...{ admitted: true, fields: [['ratelimit', 'x']] },
      identity: identityOf(someAdmission()) ?? [],
    }
    for (const mode of ['generic', 'nginx'] as const) {
      for (const judgement of [admitted, ...[400, 401, 403, 429, 500, 503].map(refusedWith)]) {
        const { fields } = checkAnswer(judgement, mode)
        const names = fields.map(([name]) => name)
        for (const name of identityNames) {
          assert.equal(names.filter((each) => each === name).length, 1, `${mode} ${name}`)
        }
      }
    }
    // Envoy takes 200 and no other 2xx.
    assert.equal(checkAnswer(admitted, 'generic').status, 200)
  })

  it('is 401 or 403 to nginx, with what is meant beside it [R8]', () => {
    for (const status of [400, 401, 403, 429, 500, 503]) {
      const { status: told, fields, body } = checkAnswer(refusedWith(status), 'nginx')
      assert.equal(told, status === 401 ? 401 : 403)
      const values = Object.fromEntries(fields)
      assert.equal(values['mintmark-status'], String(status))
      assert.equal(values['mintmark-body'], body)
      assert.equal(values['retry-after'], '3')
    }
  })

  it('is as it is meant to everybody else', () => {
    for (const status of [400, 401, 403, 429, 500, 503]) {
      const answer = checkAnswer(refusedWith(status), 'generic')
      assert.deepEqual([answer.status, answer.body], [status, '{"error":"any"}'])
      assert(answer.fields.every(([name]) => name !== 'mintmark-status'))
    }
  })

  it('has nothing but fixed text when a request is refused for its form', () => {
    const codes = ['identity_header', 'aliased_header', 'hidden_header', 'repeated_header'] as const
    for (const code of codes) {
      const { status, body } = ownRefusal(code)
      assert.equal(status, 400)
      assert.match(body, /^\{"error":"invalid_request","error_description":"[A-Za-z ]+"\}$/)
    }
    assert.equal(ownRefusal('identity_too_long').status, 403)
    assert.equal(ownRefusal('target_malformed').status, 500)
  })
})
