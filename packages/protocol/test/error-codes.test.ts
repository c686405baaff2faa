import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type BearerErrorCode,
  bearerErrorStatus,
  isErrorText,
  type RevocationErrorCode,
  tokenErrorStatus,
} from '../src/index.ts'

const endpointStatuses: readonly (readonly [RevocationErrorCode, number])[] = [
  ['invalid_request', 400],
  ['invalid_client', 401],
  ['unauthorized_client', 400],
  ['unsupported_grant_type', 400],
  ['invalid_scope', 400],
  ['invalid_target', 400],
  ['invalid_authorization_details', 400],
  ['invalid_dpop_proof', 400],
  ['use_dpop_nonce', 400],
  ['invalid_token', 401],
  ['insufficient_scope', 403],
  ['unsupported_token_type', 400],
  ['server_error', 500],
  ['temporarily_unavailable', 503],
]

const bearerStatuses: readonly (readonly [BearerErrorCode, number])[] = [
  ['invalid_request', 400],
  ['invalid_token', 401],
  ['insufficient_scope', 403],
]

describe('error codes', () => {
  for (const [code, status] of endpointStatuses) {
    it(`answers ${code} with ${status} at our endpoints [A1]`, () => {
      assert.equal(tokenErrorStatus(code), status)
      assert.equal(isErrorText(code), true)
    })
  }

  for (const [code, status] of bearerStatuses) {
    it(`answers ${code} with ${status} at a resource server`, () => {
      assert.equal(bearerErrorStatus(code), status)
    })
  }
})

describe('isErrorText', () => {
  it('accepts %x20-21, %x23-5B and %x5D-7E, and nothing else [A1]', () => {
    for (let code = 0; code <= 0x17f; code += 1) {
      const isPermitted = code >= 0x20 && code <= 0x7e && code !== 0x22 && code !== 0x5c
      assert.equal(isErrorText(String.fromCharCode(code)), isPermitted, `%x${code.toString(16)}`)
      assert.equal(isErrorText(`a${String.fromCharCode(code)}b`), isPermitted)
    }
  })

  it('refuses empty text', () => {
    assert.equal(isErrorText(''), false)
  })
})
