/** What has to be admitted: unusual and right. A verifier that refuses these is strict in the wrong place. */
import { signatureAlgorithms } from '@mintmark/jwt'
import { fixtureKeys } from '../fixture-keys.ts'
import type { Overrides } from '../some.ts'
import { type AttackCase, type AttackRequest, bearing } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'
import { ecdsaSignature, integerPair, integersOf, p256Order } from './corpus-signatures.ts'

type Row = readonly [name: string, why: string, token: string]

/** Cases of the class `good`. */
export function goodTokens(workshop: AttackWorkshop): readonly AttackCase[] {
  const tokens = [
    ...algorithms(workshop),
    ...headers(workshop),
    ...claims(workshop),
    ...json(workshop),
  ]
  return [
    ...tokens.map(([name, why, token]) => admitted(name, why, token, bearing(token))),
    ...requestForms(workshop),
  ]
}

function admitted(name: string, why: string, token: string, request: AttackRequest): AttackCase {
  return { id: `good/${name}`, class: 'good', cve: [], request, token, expect: 'admitted', why }
}

function algorithms(workshop: AttackWorkshop): readonly Row[] {
  const key = { ...fixtureKeys.ES256 }
  const highS = (text: string) => {
    const [r, s] = integersOf(ecdsaSignature(key, 'sha256', text))
    return integerPair(r, s > p256Order / 2n ? s : p256Order - s, 32)
  }
  const lowS = (text: string) => {
    const [r, s] = integersOf(highS(text))
    return integerPair(r, p256Order - s, 32)
  }
  const both = 'Both values of s are valid in JWS (RFC 7518 section 3.4 names no preference).'
  return [
    ...signatureAlgorithms.map(
      (algorithm): Row => [algorithm.toLowerCase(), 'Signed right.', workshop.token({ algorithm })],
    ),
    ['es256-high-s', both, workshop.token({ algorithm: 'ES256', sign: highS })],
    ['es256-low-s', both, workshop.token({ algorithm: 'ES256', sign: lowS })],
    [
      'without-kid-where-one-key-fits',
      'kid is optional (RFC 7515 section 4.1.4).',
      workshop.token({ algorithm: 'EdDSA', header: { kid: undefined } }),
    ],
  ]
}

function headers(workshop: AttackWorkshop): readonly Row[] {
  const media = 'A media type is compared without regard to case and may leave out application/.'
  const ignored =
    'Members that are not understood and not critical are ignored (RFC 7515 section 4).'
  const rows: readonly (readonly [string, string, Overrides])[] = [
    ['typ-with-prefix', media, { typ: 'application/at+jwt' }],
    ['typ-in-capitals', media, { typ: 'AT+JWT' }],
    ['typ-with-prefix-in-capitals', media, { typ: 'Application/At+Jwt' }],
    ['unknown-member', ignored, { 'x-note': { any: ['thing'] } }],
    ['certificate-thumbprint', ignored, { x5t: 'bwcK0esc3ACC3DB2Y5_lESsXE8o' }],
    ['content-type', ignored, { cty: 'json' }],
  ]
  return rows.map(([name, why, header]) => [name, why, workshop.token({ header })])
}

function claims(workshop: AttackWorkshop): readonly Row[] {
  const { audience, nowSeconds: now } = workshop
  const any = 'RFC 9068 allows it.'
  const rows: readonly (readonly [string, string, Overrides])[] = [
    ['audience-in-a-list', any, { aud: [audience] }],
    ['audience-among-others', any, { aud: ['https://other.example', audience] }],
    ['audience-twice', any, { aud: [audience, audience] }],
    ['without-scope', any, { scope: undefined }],
    ['with-empty-scope', 'Some issuers write an empty scope for none.', { scope: '' }],
    ['with-scope-of-symbols', 'RFC 6749 section 3.3 allows all of these.', { scope: "!#[]~:/.*'" }],
    ['with-nbf-now', any, { nbf: now }],
    ['with-nbf-long-ago', any, { nbf: 0 }],
    [
      'with-fractions',
      'Instants may have fractions (RFC 7519 section 2).',
      { iat: now - 0.5, exp: now + 60.25 },
    ],
    ['with-iat-long-ago', any, { iat: 1 }],
    ['with-long-life', any, { exp: now + 86_400 }],
    [
      'with-unknown-claims',
      'Unknown claims are ignored.',
      { org: { id: 7, tags: ['a', null, true] } },
    ],
    [
      'with-text-beyond-latin',
      'Claims are Unicode.',
      { sub: 'Жирафы \u{1f4b0}', name: '\u0000\u001f' },
    ],
    ['with-actor', 'RFC 8693 section 4.1.', { act: { sub: 'somebody' } }],
    ['with-details', 'RFC 9396 section 9.', { authorization_details: [{ type: 'payment' }] }],
    ['with-client-other-than-subject', any, { client_id: 'another-client' }],
    ['with-long-claims', 'Long, and within the bound.', { note: 'x'.repeat(3_000) }],
    [
      'with-prototype-names',
      'Names are names.',
      { constructor: 'x', toString: 1, hasOwnProperty: null },
    ],
  ]
  return rows.map(([name, why, overrides]) => [name, why, workshop.token({ claims: overrides })])
}

function json(workshop: AttackWorkshop): readonly Row[] {
  const text = workshop.claimsText()
  const why = 'JSON may be written in many ways; the octets are signed as they are.'
  const rows: readonly (readonly [string, string])[] = [
    ['with-white-space', JSON.stringify(workshop.claims(), null, 2)],
    ['with-white-space-around', `\n ${text}\t`],
    ['with-escaped-names', text.replace('"aud"', '"\\u0061ud"')],
    ['with-escaped-slashes', text.replaceAll('/', '\\/')],
    ['with-exponent', text.replace('{', '{"x":1.5e-3,')],
    ['with-paired-surrogates', text.replace('{', '{"x":"\\ud83d\\udcb0",')],
    ['with-proto-claim', text.replace('{', '{"__proto__":{"aud":"x"},')],
    ['with-same-name-in-two-objects', text.replace('{', '{"x":{"y":1},"z":{"y":1},')],
    ['with-colons-and-braces-in-text', text.replace('{', '{"x":"{\\"a\\":1,\\"a\\":2}",')],
    ['with-twelve-levels', text.replace('{', `{"x":${'['.repeat(12)}${']'.repeat(12)},`)],
  ]
  return rows.map(([name, payload]) => [name, why, workshop.token({ claims: payload })])
}

function requestForms({ good }: AttackWorkshop): readonly AttackCase[] {
  const scheme = 'The scheme is compared without regard to case (RFC 9110 section 11.1).'
  const spaces = 'One space or more follow the scheme (RFC 9110 section 11.4).'
  const field = (name: string, value: string, url = '/'): AttackRequest => ({
    headers: [[name, value]],
    url,
  })
  const rows: readonly (readonly [string, string, AttackRequest])[] = [
    ['scheme-in-small-letters', scheme, field('authorization', `bearer ${good}`)],
    ['scheme-in-capitals', scheme, field('authorization', `BEARER ${good}`)],
    ['two-spaces', spaces, field('authorization', `Bearer  ${good}`)],
    [
      'field-name-in-capitals',
      'Field names have no case.',
      field('AUTHORIZATION', `Bearer ${good}`),
    ],
    [
      'query-of-another-name',
      'Not a token.',
      field('authorization', `Bearer ${good}`, '/?my_access_token=x'),
    ],
    [
      'query-in-a-value',
      'Not a token.',
      field('authorization', `Bearer ${good}`, '/?q=access_token=x'),
    ],
  ]
  return rows.map(([name, why, request]) => admitted(name, why, good, request))
}
