/** Tokens that nobody signed: `none` in its spellings, signatures that are empty, and algorithms that are no text. */
import type { JsonValue } from '@mintmark/protocol'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import { type AttackWorkshop, compactOf, segmentsOf } from './attack-workshop.ts'

const NONE: readonly (readonly [name: string, alg: string])[] = [
  ['none', 'none'],
  ['none-capitalised', 'None'],
  ['none-in-capitals', 'NONE'],
  ['none-in-mixed-case', 'nOnE'],
  ['none-in-other-mixed-case', 'NoNe'],
  ['none-before-space', 'none '],
  ['none-after-space', ' none'],
  ['none-before-line-end', 'none\n'],
  ['none-before-nul', 'none\0'],
  ['none-with-cyrillic-letter', 'n\u043ene'],
  ['no-name', ''],
]

const NO_TEXT: readonly (readonly [name: string, alg: JsonValue | undefined])[] = [
  ['no-algorithm', undefined],
  ['null-algorithm', null],
  ['number-as-algorithm', 0],
  ['false-as-algorithm', false],
  ['list-with-none', ['none']],
  ['object-as-algorithm', { name: 'none' }],
]

/** Cases of the class `unsigned`. */
export function unsigned(workshop: AttackWorkshop): readonly AttackCase[] {
  return tokenCases('unsigned', [
    ...NONE.flatMap(([name, alg]) => spelledNone(workshop, name, alg)),
    ...NO_TEXT.map(([name, alg]): TokenAttack => {
      const why = 'The algorithm is a text; anything else must not fall back to no check.'
      return [name, 'malformed_token', why, workshop.token({ header: { alg } }), ['CVE-2022-23540']]
    }),
    listWithOurs(workshop),
    ...emptySignatures(workshop),
  ])
}

function spelledNone(
  workshop: AttackWorkshop,
  name: string,
  alg: string,
): readonly [TokenAttack, TokenAttack] {
  const cve = ['CVE-2015-2951', 'CVE-2022-23540', 'GHSA-8wpc-h4q6-8fxv']
  const header = workshop.headerText({ alg })
  const why = 'No spelling of none is a signature algorithm.'
  return [
    [
      `${name}-without-signature`,
      'malformed_token',
      'A token without a signature is no signed token, whatever its header says.',
      compactOf(header, workshop.claimsText(), ''),
      cve,
    ],
    [
      `${name}-with-signature`,
      'algorithm_not_allowed',
      why,
      workshop.token({ header, claims: {} }),
      cve,
    ],
  ]
}

function listWithOurs(workshop: AttackWorkshop): TokenAttack {
  const token = workshop.token({ header: { alg: ['none', workshop.algorithm] } })
  const why = 'A list in place of a name makes a careless comparison true.'
  return ['list-with-none-and-ours', 'malformed_token', why, token]
}

function emptySignatures(workshop: AttackWorkshop): readonly TokenAttack[] {
  const [header, payload, signature] = segmentsOf(workshop.good)
  const cve = ['CVE-2020-28042']
  const cut = 'A signature that is not there must be refused before a key is looked up.'
  const zeros = workshop.token({ sign: () => new Uint8Array(signature.length / 2) })
  return [
    ['empty-signature', 'malformed_token', cut, `${header}.${payload}.`, cve],
    ['no-signature-segment', 'malformed_token', cut, `${header}.${payload}`, cve],
    ['header-alone', 'malformed_token', cut, header],
    ['empty-segments', 'malformed_token', cut, '..'],
    ['empty-header', 'malformed_token', cut, `.${payload}.${signature}`],
    ['empty-payload', 'malformed_token', cut, `${header}..${signature}`],
    [
      'one-octet-signature',
      'bad_signature',
      'One octet proves nothing.',
      `${header}.${payload}.AA`,
    ],
    ['zero-signature', 'bad_signature', 'Zeros prove nothing.', zeros],
    [
      'padding-as-signature',
      'malformed_token',
      'Padding decodes to no octets and is not canonical.',
      `${header}.${payload}.==`,
      cve,
    ],
  ]
}
