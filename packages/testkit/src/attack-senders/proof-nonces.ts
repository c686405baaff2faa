/** Proofs for an API that asks for nonces and did not give theirs (RFC 9449 sections 4.3 rule 10 and 9). */
import type { Overrides } from '../some.ts'
import { type SenderCase, type SenderRow, senderCases } from './sender-case.ts'
import type { SenderWorkshop } from './sender-workshop.ts'

const NONCES: readonly (readonly [name: string, nonce: string])[] = [
  ['empty', ''],
  ['made-up', 'eyJ7S_zG.eyJH0-Z.HX4w-7v'],
  ['octets-of-nobody', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ['word', 'null'],
  ['instant', '1750000000'],
  ['name-of-a-member', '__proto__'],
  ['long', 'n'.repeat(1_000)],
]

/** Cases of the class `proof-nonce`. */
export function proofNonces(workshop: SenderWorkshop): readonly SenderCase[] {
  const row = (name: string, expect: SenderRow['expect'], claims: Overrides): SenderRow => ({
    ...{ name, expect },
    request: workshop.proving({ name: `nonce-${name}`, claims }),
  })
  const why =
    'A nonce says that a proof was not made ahead; one that the API did not give says nothing.'
  return senderCases('proof-nonce', 'RFC 9449 section 4.3 rule 10', why, [
    row('without', 'nonce_missing', {}),
    row('without-and-old', 'nonce_missing', { iat: 0 }),
    row('without-and-ahead', 'nonce_missing', { iat: workshop.nowSeconds + 86_400 }),
    ...NONCES.map(([name, nonce]) => row(name, 'nonce_unknown', { nonce })),
  ])
}
