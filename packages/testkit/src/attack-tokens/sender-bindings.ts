/** Tokens that are bound to a key or a certificate, sent as if they were not (RFC 9449 section 7.1, RFC 8705). */
import type { JsonValue } from '@mintmark/protocol'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const DIGEST = 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2'

const BOUND: readonly (readonly [name: string, cnf: JsonValue])[] = [
  ['dpop', { jkt: THUMBPRINT }],
  ['certificate', { 'x5t#S256': DIGEST }],
  ['dpop-and-certificate', { jkt: THUMBPRINT, 'x5t#S256': DIGEST }],
  ['dpop-and-something-unknown', { jkt: THUMBPRINT, x: 1 }],
]

const MALFORMED: readonly (readonly [name: string, cnf: JsonValue])[] = [
  ['empty', {}],
  ['null', null],
  ['text', 'jkt'],
  ['true', true],
  ['list', [{ jkt: THUMBPRINT }]],
  ['key-itself', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AA' } }],
  ['key-by-name', { kid: 'somebody' }],
  ['unknown-method', { 'x5t#S512': DIGEST }],
  ['empty-thumbprint', { jkt: '' }],
  ['number-as-thumbprint', { jkt: 1 }],
  ['null-as-thumbprint', { jkt: null }],
  ['list-as-thumbprint', { jkt: [THUMBPRINT] }],
  ['one-of-two-malformed', { jkt: THUMBPRINT, 'x5t#S256': null }],
  ['proto', { __proto__x: 1, constructor: THUMBPRINT }],
]

/** Cases of the class `sender-binding`. */
export function senderBindings(workshop: AttackWorkshop): readonly AttackCase[] {
  const downgrade =
    'A bound token without its proof is a stolen one, whether or not the route asked.'
  const unknown = 'A binding that is not understood must not pass as none (RFC 7800 section 3.1).'
  return tokenCases('sender-binding', [
    ...BOUND.map(
      ([name, cnf]): TokenAttack => [
        name,
        'sender_constrained',
        downgrade,
        workshop.token({ claims: { cnf } }),
      ],
    ),
    ...MALFORMED.map(
      ([name, cnf]): TokenAttack => [
        name,
        'claim_malformed',
        unknown,
        workshop.token({ claims: { cnf } }),
      ],
    ),
  ])
}
