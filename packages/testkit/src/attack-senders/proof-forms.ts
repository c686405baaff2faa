/** What is no proof: not of its type, not of its form, or with a claim missing (RFC 9449 sections 4.2 and 4.3). */
import type { Overrides } from '../some.ts'
import { type SenderCase, type SenderRow, senderCases } from './sender-case.ts'
import { type ProofDraft, type SenderWorkshop, sha256 } from './sender-workshop.ts'

const TYPES: readonly (readonly [name: string, header: Overrides])[] = [
  ['without-type', { typ: undefined }],
  ['type-jwt', { typ: 'JWT' }],
  ['type-of-an-access-token', { typ: 'at+jwt' }],
  ['type-null', { typ: null }],
  ['type-in-a-list', { typ: ['dpop+jwt'] }],
  ['type-before-space', { typ: 'dpop+jwt ' }],
  ['type-with-parameter', { typ: 'dpop+jwt;v=1' }],
  ['type-of-another-draft', { typ: 'dpop_proof+jwt' }],
]

const CLAIMS: readonly (readonly [name: string, claims: Overrides])[] = [
  ['without-jti', { jti: undefined }],
  ['empty-jti', { jti: '' }],
  ['number-as-jti', { jti: 1 }],
  ['list-as-jti', { jti: ['a'] }],
  ['without-htm', { htm: undefined }],
  ['list-as-htm', { htm: ['GET'] }],
  ['without-htu', { htu: undefined }],
  ['list-as-htu', { htu: ['https://api.example/orders/7'] }],
  ['null-as-htu', { htu: null }],
  ['without-iat', { iat: undefined }],
  ['null-as-iat', { iat: null }],
  ['true-as-iat', { iat: true }],
  ['number-as-nonce', { nonce: 1 }],
  ['list-as-nonce', { nonce: [] }],
]

/** Cases of the class `proof-form`. */
export function proofForms(workshop: SenderWorkshop): readonly SenderCase[] {
  const form = (rows: readonly SenderRow[], rule: string, why: string) =>
    senderCases('proof-form', rule, why, rows)
  return [
    ...form(
      TYPES.map(([name, header]) => malformed(workshop, name, { header })),
      'RFC 9449 section 4.3 rule 4',
      'A JWT that the client signed for something else must not pass as a proof.',
    ),
    ...form(
      [
        ...CLAIMS.map(([name, claims]) => malformed(workshop, name, { claims })),
        malformed(workshop, 'iat-as-text', { claims: { iat: `${workshop.nowSeconds}` } }),
      ],
      'RFC 9449 section 4.3 rule 3',
      'What a proof does not say it does not prove, and a claim of another type says nothing.',
    ),
    ...form(
      spellings(workshop),
      'RFC 9449 section 4.3 rule 2',
      'A proof has one spelling: what two parsers read in two ways is two proofs with one signature.',
    ),
    ...form(
      extensions(workshop),
      'RFC 7515 section 4.1.11',
      'An extension that has to be understood is not passed over.',
    ),
  ]
}

function malformed(workshop: SenderWorkshop, name: string, draft: ProofDraft): SenderRow {
  return { name, expect: 'proof_malformed', request: workshop.proving({ name, ...draft }) }
}

function spellings(workshop: SenderWorkshop): readonly SenderRow[] {
  const proof = (name: string) => workshop.proof({ name })
  const { target, nowSeconds, token } = workshop
  const texts: readonly (readonly [string, string])[] = [
    ['empty', ''],
    ['word', 'garbage'],
    ['access-token', workshop.token],
    ['in-quotes', `"${proof('in-quotes')}"`],
    ['after-scheme', `DPoP ${proof('after-scheme')}`],
    ['with-padding', `${proof('with-padding')}==`],
    ['with-fourth-segment', `${proof('with-fourth-segment')}.`],
    ['with-five-segments', `${proof('with-five-segments')}.AA.AA`],
    ['with-line-end-inside', proof('with-line-end-inside').replace('.', '\n.')],
    ['in-the-other-alphabet', inOtherAlphabet(proof)],
  ]
  const members = { jti: 'spelled', htm: 'POST', htu: target, iat: nowSeconds, ath: sha256(token) }
  const twice = JSON.stringify(members).replace('}', ',"htm":"GET"}')
  const right = (jti: string) => JSON.stringify({ ...members, jti, htm: 'GET' })
  return [
    ...texts.map(([name, text]) => ({
      ...{ name, expect: 'proof_malformed' as const },
      request: workshop.proving(text),
    })),
    malformed(workshop, 'claim-twice', { claims: twice }),
    malformed(workshop, 'claims-in-a-list', { claims: `[${right('in-a-list')}]` }),
    malformed(workshop, 'claims-behind-a-mark', { claims: `\ufeff${right('behind-a-mark')}` }),
    malformed(workshop, 'claims-with-rest', { claims: `${right('with-rest')} x` }),
  ]
}

/** The first proof that has a letter which differs between the alphabets. */
function inOtherAlphabet(proof: (name: string) => string): string {
  for (let at = 0; ; at++) {
    const text = proof(`in-the-other-alphabet-${at}`)
    const other = text.replaceAll('-', '+').replaceAll('_', '/')
    if (other !== text) return other
  }
}

function extensions(workshop: SenderWorkshop): readonly SenderRow[] {
  return [
    malformed(workshop, 'critical-word', { header: { crit: ['exp'], exp: 1 } }),
    malformed(workshop, 'critical-b64', { header: { crit: ['b64'], b64: true } }),
    malformed(workshop, 'critical-nothing', { header: { crit: [] } }),
  ].map((row) => ({ ...row, cve: ['CVE-2025-59420'] }))
}
