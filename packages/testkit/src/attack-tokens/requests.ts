/** A good token where it does not belong, or in company (RFC 6750 section 2, RFC 9700 section 4.3.2). */
import type { AttackCase, AttackRequest, BrokenRule } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

type Field = readonly [name: string, value: string]
type Row = readonly [name: string, expect: BrokenRule, why: string, request: AttackRequest]

/** Cases of the class `request`. */
export function requests(workshop: AttackWorkshop): readonly AttackCase[] {
  const { good } = workshop
  const rows = [...repeated(good), ...elsewhere(good), ...schemes(good), ...values(good)]
  return rows.map(([name, expect, why, request]) => ({
    id: `request/${name}`,
    class: 'request',
    cve: [],
    request,
    token: undefined,
    expect,
    why,
  }))
}

function carrying(...headers: readonly Field[]): AttackRequest {
  return { headers, url: '/' }
}

function authorization(value: string): AttackRequest {
  return carrying(['authorization', value])
}

function repeated(good: string): readonly Row[] {
  const bearer: Field = ['authorization', `Bearer ${good}`]
  const why = 'Of two credentials, the verifier and the API may each take another.'
  const pairs: readonly (readonly [string, AttackRequest])[] = [
    ['same-field-twice', carrying(bearer, bearer)],
    ['other-field-first', carrying(['authorization', 'Bearer AAAA.AAAA.AAAA'], bearer)],
    ['other-field-last', carrying(bearer, ['authorization', 'Bearer AAAA.AAAA.AAAA'])],
    ['basic-field-first', carrying(['authorization', 'Basic eDp5'], bearer)],
    ['basic-field-last', carrying(bearer, ['Authorization', 'Basic eDp5'])],
    ['empty-field-first', carrying(['authorization', ''], bearer)],
    ['three-fields', carrying(bearer, bearer, bearer)],
    ['joined-by-comma', authorization(`Bearer ${good}, Bearer ${good}`)],
    ['joined-by-comma-alone', authorization(`Bearer ${good},${good}`)],
    ['joined-with-basic', authorization(`Bearer ${good}, Basic eDp5`)],
  ]
  return pairs.map(([name, request]) => [name, 'repeated_credentials', why, request])
}

function elsewhere(good: string): readonly Row[] {
  const bearer = authorization(`Bearer ${good}`)
  const query =
    'A token in a URL is in logs, histories and Referer fields; it counts as a second one.'
  const other = 'Only the Authorization field carries credentials here.'
  return [
    ['in-query-too', 'token_in_query', query, { ...bearer, url: `/?access_token=${good}` }],
    ['in-query-behind-others', 'token_in_query', query, { ...bearer, url: '/?a=1&access_token=x' }],
    ['in-query-without-value', 'token_in_query', query, { ...bearer, url: '/?access_token' }],
    ['in-query-alone', 'no_credentials', other, { headers: [], url: `/?access_token=${good}` }],
    ['in-cookie', 'no_credentials', other, carrying(['cookie', `access_token=${good}`])],
    [
      'in-proxy-field',
      'no_credentials',
      other,
      carrying(['proxy-authorization', `Bearer ${good}`]),
    ],
    [
      'in-forwarded-field',
      'no_credentials',
      other,
      carrying(['x-forwarded-authorization', `Bearer ${good}`]),
    ],
    ['in-field-of-its-own', 'no_credentials', other, carrying(['x-access-token', good])],
    [
      'in-field-with-underscore',
      'no_credentials',
      other,
      carrying(['authorization_', `Bearer ${good}`]),
    ],
    ['no-credentials', 'no_credentials', 'Nothing was sent.', carrying()],
  ]
}

function schemes(good: string): readonly Row[] {
  const why = 'The scheme is Bearer, then a space (RFC 6750 section 2.1).'
  const texts: readonly (readonly [string, string])[] = [
    ['no-scheme', good],
    ['basic', `Basic ${Buffer.from(`x:${good}`).toString('base64')}`],
    ['token-scheme', `Token ${good}`],
    ['jwt-scheme', `JWT ${good}`],
    ['mac-scheme', `MAC ${good}`],
    ['scheme-with-colon', `Bearer: ${good}`],
    ['scheme-without-space', `Bearer${good}`],
    ['scheme-before-tab', `Bearer\t${good}`],
    ['scheme-before-line-end', `Bearer\n${good}`],
    ['scheme-before-nul', `Bearer\0${good}`],
    ['scheme-before-no-break-space', `Bearer\u00a0${good}`],
    ['scheme-before-equals-sign', `Bearer=${good}`],
    ['scheme-with-cyrillic-letter', `B\u0435arer ${good}`],
    ['scheme-with-kelvin-sign', `Bea\u212aer ${good}`],
    ['space-before-scheme', ` Bearer ${good}`],
    ['quoted-field', `"Bearer ${good}"`],
    ['empty-field', ''],
  ]
  return texts.map(([name, text]) => [name, 'other_scheme', why, authorization(text)])
}

function values(good: string): readonly Row[] {
  const bare = 'A scheme without a token is a malformed request.'
  const more = 'What follows the scheme is one token.'
  const rows: readonly (readonly [string, BrokenRule, string, string])[] = [
    ['bare-scheme', 'malformed_credentials', bare, 'Bearer'],
    ['bare-scheme-with-space', 'malformed_credentials', bare, 'Bearer '],
    ['bare-scheme-with-spaces', 'malformed_credentials', bare, 'bearer   '],
    ['comma-alone', 'repeated_credentials', more, 'Bearer ,'],
    ['scheme-twice', 'malformed_token', more, `Bearer Bearer ${good}`],
    ['word-behind', 'malformed_token', more, `Bearer ${good} x`],
    ['parameter-behind', 'malformed_token', more, `Bearer ${good} realm="x"`],
    ['token-as-parameter', 'malformed_token', more, `Bearer token="${good}"`],
    ['token-after-tab', 'malformed_token', more, `Bearer \t${good}`],
    ['null', 'malformed_token', more, 'Bearer null'],
    ['undefined', 'malformed_token', more, 'Bearer undefined'],
    ['object', 'malformed_token', more, 'Bearer [object Object]'],
    ['letters-beyond-ascii', 'malformed_token', more, 'Bearer Жирафы'],
    ['placeholder', 'malformed_token', more, 'Bearer {{access_token}}'],
  ]
  return rows.map(([name, expect, why, text]) => [name, expect, why, authorization(text)])
}
