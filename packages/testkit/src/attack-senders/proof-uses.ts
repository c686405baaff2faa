/** Proofs that were used before (RFC 9449 section 11.1): each with the good request that used it. */
import { type SenderCase, type SenderRequest, type SenderRow, senderCases } from './sender-case.ts'
import { dpopFields, type SenderWorkshop } from './sender-workshop.ts'

/** Cases of the class `proof-use`. */
export function proofUses(workshop: SenderWorkshop): readonly SenderCase[] {
  const why = 'Whoever sees a request, in a log or on its way, must not be able to make it again.'
  const rows = [...captured(workshop), ...madeAgain(workshop)]
  return senderCases('proof-use', 'RFC 9449 section 11.1', why, rows)
}

function captured(workshop: SenderWorkshop): readonly SenderRow[] {
  const again = (
    name: string,
    change: (request: SenderRequest, proof: string) => SenderRequest,
  ): SenderRow => {
    const proof = workshop.proof({ name })
    const first = workshop.proving(proof)
    return { name, expect: 'proof_replayed', before: [first], request: change(first, proof) }
  }
  const { token, path } = workshop
  return [
    again('as-it-was', (first) => first),
    again('with-another-query', (first) => ({ ...first, url: `${path}?to=attacker` })),
    again('with-other-letter-case', (first, proof) => ({
      ...first,
      headers: [
        ['Authorization', `dpop ${token}`],
        ['DPOP', proof],
      ],
    })),
    again('with-more-fields', (first, proof) => ({
      ...first,
      headers: [...dpopFields(token, proof), ['x-request-id', '2']],
    })),
  ]
}

/** A client that makes the same proof twice cannot be told from somebody who replays it. */
function madeAgain(workshop: SenderWorkshop): readonly SenderRow[] {
  const { publicOrigin, path, nowSeconds } = workshop
  const twice = (name: string, claims: Readonly<Record<string, string | number>>): SenderRow => ({
    ...{ name, expect: 'proof_replayed' },
    before: [workshop.proving({ name })],
    request: workshop.proving({ name, claims }),
  })
  const { host } = new URL(publicOrigin)
  return [
    twice('one-jti-at-another-second', { iat: nowSeconds - 1 }),
    twice('one-jti-and-another-claim', { more: 'x' }),
    twice('one-jti-and-a-query-in-htu', { htu: `${publicOrigin}${path}?a` }),
    twice('one-jti-and-the-host-in-capitals', { htu: `https://${host.toUpperCase()}${path}` }),
  ]
}
