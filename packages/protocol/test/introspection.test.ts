import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as oauth from 'oauth4webapi'
import {
  type ActiveClaims,
  accepted,
  inactive,
  parametersFromForm,
  parseIntrospectionRequest,
  parseIntrospectionResponse,
  serialiseActive,
} from '../src/index.ts'
import { parsedValue } from './parsed-value.ts'

const claims: ActiveClaims = {
  iss: 'https://issuer.example',
  sub: 'partner-a',
  aud: ['https://api.example', 'https://other.example'],
  exp: 1_800_000_900,
  iat: 1_800_000_000,
  nbf: 1_800_000_000,
  jti: 'token-1',
  client_id: 'partner-a',
  scope: 'applications:write decisions:read',
  token_type: 'Bearer',
  cnf: { jkt: 'thumbprint', 'x5t#S256': 'digest' },
}

describe('parseIntrospectionRequest', () => {
  it('reads token and credentials, both redacted [A5] [C10]', () => {
    const request = read('token=t&token_type_hint=nonsense&client_id=a&client_secret=s')
    assert.equal(request.token.reveal(), 't')
    assert.equal(request.clientId, 'a')
    assert.equal(request.clientSecret?.reveal(), 's')
    assert.equal(String(request.token), '[redacted access token]')
    assert.equal(String(request.clientSecret), '[redacted client secret]')
  })

  it('reads a token alone, whatever it looks like', () => {
    const request = read('token=%00%22+%C3%A4')
    assert.equal(request.token.reveal(), '\0" ä')
    assert.equal(request.clientId, undefined)
    assert.equal(request.clientSecret, undefined)
  })

  it('refuses a missing and an empty token', () => {
    for (const form of ['', 'token=', 'Token=t']) {
      const request = parseIntrospectionRequest(parsedValue(parametersFromForm(form)))
      assert.deepEqual(request, { ok: false, violation: 'token_missing' })
    }
  })
})

const malformed: readonly { body: string; violation: string }[] = [
  { body: '', violation: 'not_json' },
  { body: '[]', violation: 'not_an_object' },
  { body: '{}', violation: 'active_missing' },
  { body: '{"active":"true"}', violation: 'active_missing' },
  { body: '{"active":1}', violation: 'active_missing' },
  { body: '{"active":null}', violation: 'active_missing' },
  { body: '{"__proto__":{"active":true}}', violation: 'active_missing' },
  { body: '{"active":false,"active":true}', violation: 'duplicate_member' },
  ...[
    '"scope":1',
    '"scope":null',
    '"scope":["a"]',
    '"scope":"a  b"',
    '"client_id":1',
    '"token_type":null',
    '"iss":["https://issuer.example"]',
    '"sub":{}',
    '"jti":1',
    '"aud":1',
    '"aud":["a",1]',
    '"aud":null',
    '"exp":"1800000900"',
    '"exp":-1',
    '"exp":1e400',
    '"exp":9007199254740992',
    '"iat":null',
    '"nbf":"9999999999"',
    '"nbf":true',
    '"cnf":"a"',
    '"cnf":null',
    '"cnf":[]',
    '"cnf":{"jkt":1}',
    '"cnf":{"x5t#S256":null}',
  ].map((claim) => ({ body: `{"active":true,${claim}}`, violation: 'malformed_claim' })),
]

describe('parseIntrospectionResponse', () => {
  for (const { body, violation } of malformed) {
    it(`refuses ${body} as ${violation}`, () => {
      assert.deepEqual(parseIntrospectionResponse(body), { ok: false, violation })
    })
  }

  it('reads nothing but the verdict of an inactive token', () => {
    assert.deepEqual(parseIntrospectionResponse(inactive), accepted({ active: false }))
    const body = '{"active":false,"scope":null,"exp":"never"}'
    assert.deepEqual(parseIntrospectionResponse(body), accepted({ active: false }))
  })

  it('reads back what serialiseActive wrote [A5]', () => {
    const response = parsedValue(parseIntrospectionResponse(serialiseActive(claims)))
    assert.ok(response.active)
    const { scope, ...rest } = response
    assert.equal(scope?.text, claims.scope)
    assert.deepEqual(rest, {
      active: true,
      clientId: claims.client_id,
      tokenType: 'Bearer',
      issuer: claims.iss,
      subject: claims.sub,
      audiences: claims.aud,
      tokenId: claims.jti,
      expiresAtSeconds: claims.exp,
      issuedAtSeconds: claims.iat,
      notBeforeSeconds: claims.nbf,
      confirmation: claims.cnf,
      members: JSON.parse(serialiseActive(claims)),
    })
  })

  it('reads a bare verdict as a token about which nothing else is known', () => {
    const response = parsedValue(parseIntrospectionResponse('{"active":true}'))
    assert.ok(response.active)
    assert.equal(response.scope, undefined)
    assert.deepEqual(response.audiences, [])
    assert.equal(response.expiresAtSeconds, undefined)
    assert.equal(response.confirmation, undefined)
  })

  it('reads one audience, fractions of seconds, and an empty scope', () => {
    const body = '{"active":true,"aud":"a","exp":1800000000.5,"scope":""}'
    const response = parsedValue(parseIntrospectionResponse(body))
    assert.ok(response.active)
    assert.deepEqual(response.audiences, ['a'])
    assert.equal(response.expiresAtSeconds, 1_800_000_000.5)
    assert.equal(response.scope, undefined)
  })

  it('shows that a token is bound, even in a way not known here', () => {
    const body = '{"active":true,"cnf":{"jwk":{"kty":"EC"}}}'
    const response = parsedValue(parseIntrospectionResponse(body))
    assert.ok(response.active)
    assert.deepEqual(response.confirmation, {})
  })
})

describe('serialiseActive', () => {
  it('writes nothing that is not one of the claims', () => {
    const more = { ...claims, secret: 'hidden', active: false }
    assert.equal(serialiseActive(more), serialiseActive(claims))
    assert.match(serialiseActive(more), /^\{"active":true,/)
  })

  it('writes what oauth4webapi accepts', async () => {
    for (const body of [serialiseActive(claims), serialiseActive({}), inactive]) {
      const response = await oauth.processIntrospectionResponse(
        { issuer: 'https://issuer.example' },
        { client_id: 'partner-a' },
        new Response(body, { headers: { 'content-type': 'application/json' } }),
      )
      assert.deepEqual(response, JSON.parse(body))
    }
  })
})

function read(form: string) {
  return parsedValue(parseIntrospectionRequest(parsedValue(parametersFromForm(form))))
}
