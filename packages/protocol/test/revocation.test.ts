import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parametersFromForm, parseRevocationRequest } from '../src/index.ts'
import { parsedValue } from './parsed-value.ts'

describe('parseRevocationRequest', () => {
  it('reads token and credentials, both redacted [A5] [C10]', () => {
    const form = 'token=t&token_type_hint=nonsense&client_id=a&client_secret=s'
    const request = parsedValue(parseRevocationRequest(parsedValue(parametersFromForm(form))))
    assert.equal(request.token.reveal(), 't')
    assert.equal(request.clientId, 'a')
    assert.equal(request.clientSecret?.reveal(), 's')
    assert.equal(String(request.token), '[redacted access token]')
    assert.equal(String(request.clientSecret), '[redacted client secret]')
  })

  it('refuses a missing and an empty token', () => {
    for (const form of ['', 'token=', 'Token=t']) {
      const request = parseRevocationRequest(parsedValue(parametersFromForm(form)))
      assert.deepEqual(request, { ok: false, violation: 'token_missing' })
    }
  })
})
