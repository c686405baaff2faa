/** Tokens that cost more to look at than to make. All are refused by their length alone. */
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import { type AttackWorkshop, segmentsOf } from './attack-workshop.ts'

const MILLION = 1_000_000

/** Cases of the class `size`. */
export function sizes(workshop: AttackWorkshop): readonly AttackCase[] {
  const [header, payload, signature] = segmentsOf(workshop.good)
  const dots = ['CVE-2025-27144', 'CVE-2025-30204', 'CVE-2025-22868']
  const long = ['CVE-2025-61920']
  const filled = (bytes: number) => workshop.token({ claims: { x: 'x'.repeat(bytes) } })
  const names = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`claim-${at}`, at]))
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['a-million-dots', '.'.repeat(MILLION), dots],
    ['a-million-dots-behind-a-token', workshop.good + '.'.repeat(MILLION), dots],
    ['a-million-dots-before-a-token', '.'.repeat(MILLION) + workshop.good, dots],
    ['a-hundred-thousand-segments', 'a.'.repeat(100_000), dots],
    ['a-million-letters', 'A'.repeat(MILLION), long],
    ['a-million-letters-in-the-header', `${'A'.repeat(MILLION)}.${payload}.${signature}`, long],
    ['a-million-letters-in-the-payload', `${header}.${'A'.repeat(MILLION)}.${signature}`, long],
    ['a-million-letters-in-the-signature', `${header}.${payload}.${'A'.repeat(MILLION)}`, long],
    ['a-long-kid', workshop.token({ header: { kid: 'k'.repeat(20_000) } }), long],
    ['a-long-claim', filled(500_000), long],
    ['a-claim-just-too-long', filled(8_192), long],
    ['many-claims', workshop.token({ claims: names }), long],
    ['many-audiences', workshop.token({ claims: { aud: manyAudiences(workshop) } }), long],
    ['a-long-certificate-chain', workshop.token({ header: { x5c: ['A'.repeat(30_000)] } }), long],
  ]
  const why = 'Work is bounded by the length before any of it is done.'
  return tokenCases(
    'size',
    rows.map(([name, token, cve]): TokenAttack => [name, 'malformed_token', why, token, cve]),
  )
}

function manyAudiences({ audience }: AttackWorkshop): readonly string[] {
  return [...Array.from({ length: 5_000 }, (_, at) => `https://api-${at}.example`), audience]
}
