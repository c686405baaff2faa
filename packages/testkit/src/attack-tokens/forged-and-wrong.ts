/**
 * Forgeries that have something else wrong as well. The signature comes first: an answer that says `expired` to a
 * forgery says that it would have been good an hour ago (CVE-2024-51744).
 */
import type { Overrides } from '../some.ts'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

/** Cases of the class `forged-and-wrong`. */
export function forgedAndWrong(workshop: AttackWorkshop): readonly AttackCase[] {
  const now = workshop.nowSeconds
  const cve = ['CVE-2024-51744']
  const wrongs: readonly (readonly [string, Overrides])[] = [
    ['expired', { exp: now - 9_999 }],
    ['not-yet-valid', { nbf: now + 9_999 }],
    ['issued-in-the-future', { iat: now + 9_999 }],
    ['for-another-audience', { aud: 'https://other.example' }],
    ['without-exp', { exp: undefined }],
    ['with-exp-as-text', { exp: `${now + 60}` }],
    ['without-client', { client_id: undefined }],
    ['with-list-as-scope', { scope: ['admin'] }],
    ['with-binding', { cnf: { jkt: 'x' } }],
    ['with-unknown-binding', { cnf: {} }],
    ['with-everything-wrong', { exp: 1, aud: [], sub: '', client_id: null, scope: 1 }],
  ]
  const why =
    'Claims are judged behind a right signature only, or refusals tell forgers about them.'
  const header = { kid: workshop.key.kid }
  return tokenCases('forged-and-wrong', [
    ...wrongs.map(
      ([name, claims]): TokenAttack => [
        name,
        'bad_signature',
        why,
        workshop.token({ key: workshop.attackerKey, header, claims }),
        cve,
      ],
    ),
    [
      'expired-under-an-unknown-key',
      'unknown_key',
      why,
      workshop.token({ key: workshop.attackerKey, claims: { exp: 1 } }),
      cve,
    ],
  ])
}
