/** Tokens of the same issuer for something else. `typ` is what keeps them apart (RFC 8725 section 3.11). */
import type { JsonValue } from '@mintmark/protocol'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

const TYPES: readonly (readonly [name: string, typ: string | undefined])[] = [
  ['jwt', 'JWT'],
  ['missing', undefined],
  ['empty', ''],
  ['jose', 'JOSE'],
  ['jose-json', 'JOSE+JSON'],
  ['dpop-proof', 'dpop+jwt'],
  ['logout-token', 'logout+jwt'],
  ['security-event', 'secevent+jwt'],
  ['introspection-answer', 'token-introspection+jwt'],
  ['client-assertion', 'client-authentication+jwt'],
  ['authorization-grant', 'authorization-grant+jwt'],
  ['request-object', 'oauth-authz-req+jwt'],
  ['entity-statement', 'entity-statement+jwt'],
  ['credential', 'vc+sd-jwt'],
  ['key-attestation', 'keyattestation+jwt'],
  ['attestation', 'oauth-client-attestation+jwt'],
  ['transaction-token', 'txntoken+jwt'],
  ['ours-before-space', 'at+jwt '],
  ['ours-before-nul', 'at+jwt\0'],
  ['ours-with-parameter', 'at+jwt;v=1'],
  ['ours-twice', 'at+jwt,at+jwt'],
  ['ours-as-prefix', 'at+jwts'],
  ['ours-as-suffix', 'xat+jwt'],
  ['ours-of-another-tree', 'text/at+jwt'],
  ['ours-with-two-prefixes', 'application/application/at+jwt'],
  ['ours-with-dotless-letter', 'at+jwt\u0131'],
]

const NO_TEXT: readonly (readonly [name: string, typ: JsonValue])[] = [
  ['null', null],
  ['number', 1],
  ['true', true],
  ['list', ['at+jwt']],
  ['object', { typ: 'at+jwt' }],
]

/** Cases of the class `token-type`. */
export function tokenTypes(workshop: AttackWorkshop): readonly AttackCase[] {
  const only = 'Access tokens are at+jwt and nothing else is (RFC 9068 section 2.1).'
  return tokenCases('token-type', [
    ...TYPES.map(
      ([name, typ]): TokenAttack => [name, 'wrong_type', only, workshop.token({ header: { typ } })],
    ),
    ...NO_TEXT.map(
      ([name, typ]): TokenAttack => [
        name,
        'malformed_token',
        'A typ is a text (RFC 7515 section 4.1.9).',
        workshop.token({ header: { typ } }),
      ],
    ),
    idToken(workshop),
  ])
}

function idToken(workshop: AttackWorkshop): TokenAttack {
  const claims = { nonce: 'n-0S6_WzA2Mj', at_hash: 'MTIzNDU2Nzg5MDEyMzQ1Ng', auth_time: 1 }
  const token = workshop.token({ header: { typ: 'JWT' }, claims })
  const why = 'An ID token tells a client who signed in; it opens no API.'
  return ['id-token', 'wrong_type', why, token]
}
