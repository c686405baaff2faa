/** Encrypted tokens. A guard that takes signed ones must not even begin to decrypt (CVE-2023-52428 and others). */
import type { JsonObject } from '@mintmark/protocol'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import { type AttackWorkshop, segmentsOf } from './attack-workshop.ts'

interface Envelope {
  readonly name: string
  readonly header: JsonObject
  readonly cve?: readonly string[]
}

const ENVELOPES: readonly Envelope[] = [
  { name: 'direct', header: { alg: 'dir', enc: 'A128GCM' } },
  { name: 'rsa-oaep', header: { alg: 'RSA-OAEP', enc: 'A256GCM' } },
  { name: 'rsa-1-5', header: { alg: 'RSA1_5', enc: 'A128CBC-HS256' } },
  {
    name: 'ecdh-off-the-curve',
    header: { alg: 'ECDH-ES', enc: 'A128GCM', epk: { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' } },
  },
  {
    name: 'pbes2-billions-of-rounds',
    header: { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 2_147_483_647, p2s: 'c2FsdHNhbHQ' },
    cve: ['CVE-2023-52428', 'CVE-2022-36083'],
  },
  {
    name: 'compressed',
    header: { alg: 'dir', enc: 'A256GCM', zip: 'DEF' },
    cve: ['CVE-2024-28176', 'CVE-2024-28180'],
  },
  { name: 'nested', header: { alg: 'dir', enc: 'A256GCM', cty: 'JWT' } },
]

/** Cases of the class `encrypted`. */
export function encrypted(workshop: AttackWorkshop): readonly AttackCase[] {
  const { kid = '' } = workshop.key
  const five = 'Five segments are an encrypted token; an access token here is signed and has three.'
  return tokenCases('encrypted', [
    ...ENVELOPES.map(({ name, header, cve = [] }): TokenAttack => {
      const first = encoded(JSON.stringify({ typ: 'at+jwt', kid, ...header }))
      const token = [first, encoded('wrapped key'), encoded('iv'), encoded('text'), encoded('tag')]
      return [name, 'malformed_token', five, token.join('.'), cve]
    }),
    ...pretending(workshop),
  ])
}

function pretending(workshop: AttackWorkshop): readonly TokenAttack[] {
  const [header, payload, signature] = segmentsOf(workshop.good)
  const pbes2 = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2_147_483_647, p2s: 'c2FsdA' }
  return [
    [
      'signed-header-on-five-segments',
      'malformed_token',
      'What has five segments is not signed, whatever its header says.',
      `${header}.${payload}.${signature}.${payload}.${signature}`,
    ],
    ['five-empty-segments', 'malformed_token', 'Nothing is not a token.', `${header}....`],
    [
      'pbes2-on-three-segments',
      'algorithm_not_allowed',
      'An algorithm that derives keys from secrets is never enabled.',
      workshop.token({ header: pbes2 }),
      ['CVE-2023-52428', 'CVE-2022-36083'],
    ],
    [
      'token-in-a-token',
      'malformed_token',
      'The payload of an access token is its claims, not another token.',
      workshop.token({ header: { cty: 'JWT' }, claims: workshop.good }),
    ],
  ]
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url')
}
