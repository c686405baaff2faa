/** Proofs from another time (RFC 9449 section 4.3 rule 11), far enough from now for any window. */
import { type SenderCase, senderCases } from './sender-case.ts'
import type { SenderWorkshop } from './sender-workshop.ts'

/** Cases of the class `proof-instant`. */
export function proofInstants(workshop: SenderWorkshop): readonly SenderCase[] {
  const { nowSeconds } = workshop
  const instants: readonly (readonly [name: string, iat: number | string])[] = [
    ['an-hour-ago', nowSeconds - 3_600],
    ['a-day-ago', nowSeconds - 86_400],
    ['in-1970', 0],
    ['before-1970', -nowSeconds],
    ['in-an-hour', nowSeconds + 3_600],
    ['in-a-day', nowSeconds + 86_400],
    ['in-a-hundred-years', nowSeconds + 3_155_760_000],
    ['in-milliseconds', nowSeconds * 1_000],
  ]
  const why =
    'A proof is for now: one made ahead is a proof to be stolen, and an old one may have been used.'
  return senderCases(
    ...(['proof-instant', 'RFC 9449 section 4.3 rule 11', why] as const),
    instants.map(([name, iat]) => ({
      ...{ name, expect: 'proof_stale' },
      request: workshop.proving({ name, claims: { iat } }),
    })),
  )
}
