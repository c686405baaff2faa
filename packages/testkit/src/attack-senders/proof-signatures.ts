/** Proofs that the key in them did not sign (RFC 9449 section 4.3 rule 6). */
import { encodeBase64urlText } from '@mintmark/jwt'
import { ecdsaSignature, integerPair, p256Order } from '../attack-tokens/corpus-signatures.ts'
import { otherSpareEcKey } from '../attack-tokens/unfit-key-fixtures.ts'
import { type SenderCase, type SenderRow, senderCases } from './sender-case.ts'
import type { ProofDraft, SenderWorkshop } from './sender-workshop.ts'

/** Cases of the class `proof-signature`. */
export function proofSignatures(workshop: SenderWorkshop): readonly SenderCase[] {
  const rows = [...forged(workshop), ...changed(workshop)]
  const why = 'The signature is what proves possession: public keys and proofs are seen by others.'
  return senderCases('proof-signature', 'RFC 9449 section 4.3 rule 6', why, rows)
}

function forged(workshop: SenderWorkshop): readonly SenderRow[] {
  const psychic = ['CVE-2022-21449']
  const signed = (
    name: string,
    sign: NonNullable<ProofDraft['sign']>,
    cve: readonly string[] = [],
  ): SenderRow => ({
    ...{ name, expect: 'proof_signature_wrong', cve },
    request: workshop.proving({ name, sign }),
  })
  return [
    signed('of-another-key', (input) => ecdsaSignature(otherSpareEcKey, 'sha256', input)),
    signed('both-zero', () => integerPair(0n, 0n, 32), psychic),
    signed('both-order', () => integerPair(p256Order, p256Order, 32), psychic),
    signed('zero-and-one', () => integerPair(0n, 1n, 32), psychic),
    signed('of-nothing', () => ecdsaSignature(workshop.key, 'sha256', '')),
    signed('of-the-claims-alone', (input) =>
      ecdsaSignature(workshop.key, 'sha256', input.split('.')[1] ?? ''),
    ),
    signed('with-another-digest', (input) => ecdsaSignature(workshop.key, 'sha512', input)),
    signed('cut', (input) => ecdsaSignature(workshop.key, 'sha256', input).subarray(0, 63)),
    signed('of-one-octet', () => Uint8Array.of(0)),
  ]
}

/** A proof that was seen, with something else in it. */
function changed(workshop: SenderWorkshop): readonly SenderRow[] {
  const { target, nowSeconds } = workshop
  const changes: readonly (readonly [string, object])[] = [
    ['changed-jti', { jti: 'new' }],
    ['changed-htm', { htm: 'GET' }],
    ['changed-htu', { htu: target }],
    ['changed-iat', { iat: nowSeconds }],
  ]
  return changes.map(([name, members]) => {
    const old = { htm: 'PUT', htu: 'https://other.example/', iat: nowSeconds - 86_400 }
    const kept = Object.fromEntries(Object.entries(old).filter(([key]) => key in members))
    const [header, payload = '', signature] = workshop.proof({ name, claims: kept }).split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const other = encodeBase64urlText(JSON.stringify({ ...claims, ...members }))
    const request = workshop.proving(`${header}.${other}.${signature}`)
    return { name, expect: 'proof_signature_wrong', request }
  })
}
