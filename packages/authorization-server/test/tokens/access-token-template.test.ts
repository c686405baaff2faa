import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SigningKey } from '@mintmark/jwt'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import {
  createAccessTokenTemplate,
  signingInputOf,
  tokenResponseOf,
} from '../../src/tokens/access-token-template.ts'

/** fc.webUrl() makes a table of all characters for its percent signs. */
const pathUnit = fc.oneof(
  fc.constantFrom(..."/aZ09-._~!$&'()*+,;=:@"),
  fc.nat(characters.last).map(characters.at).map(encodeURIComponent),
)
const someUrl = fc
  .tuple(fc.webAuthority(), fc.string({ unit: pathUnit }))
  .map(([authority, path]) => `https://${authority}/${path}`)

const key: SigningKey = { alg: 'ES256', kid: 'kid-1', native: undefined }

test('the prepared signing input holds the same claims as one written in one go', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcXYZ019-._:/') }),
      fc.array(someUrl, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 4_000_000_000 }),
      (name, audience, now) => {
        const template = createAccessTokenTemplate({
          issuer: 'https://issuer.example',
          clientId: name,
          scope: `${name} other`,
          audience,
          lifetimeSeconds: 600,
          key,
          tellsScope: true,
        })
        const { form } = template
        assert(form.kind === 'jwt')
        const [header, payload] = signingInputOf(form, 600, now, 'jti-1').split('.')
        assert.deepEqual(decoded(header), { alg: 'ES256', typ: 'at+jwt', kid: 'kid-1' })
        assert.deepEqual(decoded(payload), {
          iss: 'https://issuer.example',
          sub: name,
          aud: audience.length === 1 ? audience[0] : audience,
          client_id: name,
          scope: `${name} other`,
          iat: now,
          exp: now + 600,
          jti: 'jti-1',
        })
      },
    ),
  )
})

test('the token response is valid JSON with the members of RFC 6749 section 5.1 [A1]', () => {
  const access = {
    issuer: 'https://issuer.example',
    clientId: 'a',
    scope: 'read write',
    audience: ['https://api.example'],
    lifetimeSeconds: 600,
    key,
  }
  const full = createAccessTokenTemplate({ ...access, tellsScope: true })
  assert.deepEqual(JSON.parse(tokenResponseOf(full, 'x.y.z')), {
    access_token: 'x.y.z',
    token_type: 'Bearer',
    expires_in: 600,
    scope: 'read write',
  })
  const short = createAccessTokenTemplate({ ...access, tellsScope: false })
  assert.deepEqual(JSON.parse(tokenResponseOf(short, 'x.y.z')), {
    access_token: 'x.y.z',
    token_type: 'Bearer',
    expires_in: 600,
  })
})

function decoded(segment: string | undefined): unknown {
  return JSON.parse(Buffer.from(segment ?? '', 'base64url').toString('utf8'))
}
