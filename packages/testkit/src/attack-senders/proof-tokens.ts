/** Proofs for another access token, and of another key than the token is bound to (RFC 9449 section 4.3 rule 12). */
import { createHash } from 'node:crypto'
import type { JsonValue } from '@mintmark/protocol'
import { otherSpareEcKey, spareRsaKey } from '../attack-tokens/unfit-key-fixtures.ts'
import { type SenderCase, type SenderRow, senderCases } from './sender-case.ts'
import { publicHalf, type SenderWorkshop, sha256, thumbprintOf } from './sender-workshop.ts'

/** Cases of the class `proof-token`. */
export function proofTokens(workshop: SenderWorkshop): readonly SenderCase[] {
  return [
    ...senderCases(
      'proof-token',
      'RFC 9449 section 4.3 rule 12 first item',
      'Without ath a proof that was made ahead, for no token, serves with whatever token is stolen.',
      otherTokens(workshop),
    ),
    ...senderCases(
      'proof-token',
      'RFC 9449 section 4.3 rule 12 second item',
      'Anybody can make a right proof of some key: it has to be the one that the token names.',
      otherKeys(workshop),
    ),
  ]
}

function otherTokens(workshop: SenderWorkshop): readonly SenderRow[] {
  const { token } = workshop
  const digest = createHash('sha256').update(token)
  const hashes: readonly (readonly [string, JsonValue | undefined])[] = [
    ['without-ath', undefined],
    ['null-as-ath', null],
    ['list-as-ath', [sha256(token)]],
    ['empty-ath', ''],
    ['ath-of-another-token', sha256('another')],
    ['ath-with-padding', `${sha256(token)}=`],
    ['ath-in-hexadecimal', digest.copy().digest('hex')],
    ['ath-in-lower-case', sha256(token).toLowerCase()],
    ['ath-of-sha-512', createHash('sha512').update(token).digest('base64url')],
    ['ath-of-half-the-digest', digest.copy().digest().subarray(0, 16).toString('base64url')],
    ['ath-of-scheme-and-token', sha256(`DPoP ${token}`)],
    ['ath-that-is-the-token', token],
  ]
  return hashes.map(([name, ath]) => ({
    ...{ name, expect: 'proof_token_mismatch' },
    request: workshop.proving({ name, claims: { ath } }),
  }))
}

function otherKeys(workshop: SenderWorkshop): readonly SenderRow[] {
  const { key, token } = workshop
  const own = thumbprintOf(key)
  const bound = (name: string, jkt: string): SenderRow => ({
    ...{ name, expect: 'proof_key_mismatch' },
    request: workshop.proving({ name, token: workshop.boundTo({ jkt }) }),
  })
  return [
    {
      ...{ name: 'key-of-the-thief', expect: 'proof_key_mismatch' },
      request: workshop.proving({ name: 'key-of-the-thief', key: otherSpareEcKey, token }),
    },
    {
      ...{ name: 'rsa-key-of-the-thief', expect: 'proof_key_mismatch' },
      request: workshop.proving({
        ...{ name: 'rsa-key-of-the-thief', key: spareRsaKey, algorithm: 'RS256', token },
      }),
    },
    bound('thumbprint-in-lower-case', own.toLowerCase()),
    bound('thumbprint-with-padding', `${own}=`),
    bound('thumbprint-cut', own.slice(0, 22)),
    bound('thumbprint-in-hexadecimal', Buffer.from(own, 'base64url').toString('hex')),
    bound('thumbprint-of-members-out-of-order', sha256(JSON.stringify(publicHalf(key)))),
    bound('name-of-the-key', 'fixture-es256'),
  ]
}
