/** `exp`, `nbf` and `iat` that are missing, of another type, no instant, or at the wrong time. */
import { type AttackCase, type BrokenRule, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

/** JSON texts that are no instant, whichever of the three claims has them. */
function noInstants(seconds: number): readonly (readonly [name: string, json: string])[] {
  return [
    ['text', `"${seconds}"`],
    ['far-text', '"99999999999"'],
    ['empty-text', '""'],
    ['not-a-number-as-text', '"NaN"'],
    ['infinity-as-text', '"Infinity"'],
    ['date-as-text', '"2099-01-01T00:00:00Z"'],
    ['null', 'null'],
    ['true', 'true'],
    ['false', 'false'],
    ['list', `[${seconds}]`],
    ['empty-list', '[]'],
    ['object', `{"$gt":${seconds}}`],
    ['empty-object', '{}'],
    ['beyond-a-double', '1e400'],
    ['below-a-double', '-1e400'],
    ['negative', `-${seconds}`],
    ['huge', '1e308'],
    ['inexact', '9007199254740992'],
  ]
}

/** Cases of the class `instant`. */
export function instants(workshop: AttackWorkshop): readonly AttackCase[] {
  const { nowSeconds } = workshop
  const forms = (['exp', 'nbf', 'iat'] as const).flatMap((claim) =>
    noInstants(nowSeconds + (claim === 'exp' ? 3_600 : -60)).map(([name, json]): TokenAttack => {
      const why =
        'An instant is a number (RFC 7519 section 2); a wrong one must not count as absent.'
      const cve = claim === 'nbf' && json.startsWith('"') ? ['CVE-2026-25537'] : []
      return [`${claim}-${name}`, 'claim_malformed', why, withJson(workshop, claim, json), cve]
    }),
  )
  return tokenCases('instant', [...forms, ...times(workshop)])
}

/** Beyond any clock tolerance that a guard allows. */
function times(workshop: AttackWorkshop): readonly TokenAttack[] {
  const now = workshop.nowSeconds
  const rows: readonly (readonly [string, BrokenRule, string, Record<string, string>])[] = [
    ['exp-missing', 'claim_missing', 'A token without an end is good for ever.', { exp: '' }],
    ['iat-missing', 'claim_missing', 'RFC 9068 section 2.2 requires it.', { iat: '' }],
    ['expired-a-minute-ago', 'expired', 'It ended.', { exp: `${now - 61}` }],
    ['expired-long-ago', 'expired', 'It ended.', { exp: '1' }],
    ['expired-at-zero', 'expired', 'Zero is an instant, not an absent one.', { exp: '0' }],
    ['expired-by-a-fraction', 'expired', 'Fractions count.', { exp: `${now - 60}.5` }],
    ['expired-in-other-notation', 'expired', 'A number is a number.', { exp: '1.7e9' }],
    ['exp-minus-zero', 'expired', 'Minus zero is zero.', { exp: '-0' }],
    ['not-yet', 'not_yet_valid', 'It did not begin.', { nbf: `${now + 120}` }],
    ['not-yet-by-years', 'not_yet_valid', 'It did not begin.', { nbf: '99999999999' }],
    ['issued-in-two-minutes', 'issued_in_the_future', 'Nobody did yet.', { iat: `${now + 120}` }],
    [
      'issued-in-seventy-years',
      'issued_in_the_future',
      'Nobody did yet.',
      { iat: `${now + 70 * 31_557_600}`, exp: `${now + 71 * 31_557_600}` },
    ],
    [
      'issued-in-milliseconds',
      'issued_in_the_future',
      'Instants are seconds; milliseconds are far ahead.',
      { iat: `${now}000`, exp: `${now + 3_600}000` },
    ],
  ]
  return rows.map(([name, expect, why, texts]) => {
    const entries = Object.entries(texts)
    const claims = entries.reduce(
      (text, [claim, json]) => replaced(text, claim, json),
      workshop.claimsText(),
    )
    return [name, expect, why, workshop.token({ claims })]
  })
}

function withJson(workshop: AttackWorkshop, claim: string, json: string): string {
  return workshop.token({ claims: replaced(workshop.claimsText(), claim, json) })
}

/** The claims with `claim` written as `json`; without it when that is empty. */
function replaced(text: string, claim: string, json: string): string {
  const without = text.replace(new RegExp(`"${claim}":\\d+,?`), '')
  return json === '' ? without : without.replace('{', `{"${claim}":${json},`)
}
