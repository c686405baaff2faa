/** Algorithm names that nobody allowed, above all ones that look like names that somebody did. */
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

const NOT_OURS: readonly (readonly [name: string, alg: string])[] = [
  ['rs1', 'RS1'],
  ['hs1', 'HS1'],
  ['es256k', 'ES256K'],
  ['es384', 'ES384'],
  ['es512', 'ES512'],
  ['rs384', 'RS384'],
  ['rs512', 'RS512'],
  ['ps384', 'PS384'],
  ['ed448', 'Ed448'],
  ['ml-dsa', 'ML-DSA-44'],
  ['key-wrapping', 'A128KW'],
  ['direct-encryption', 'dir'],
  ['rsa-encryption', 'RSA-OAEP'],
  ['to-string', 'toString'],
  ['constructor', 'constructor'],
  ['proto', '__proto__'],
]

/** Cases of the class `unknown-algorithm`. */
export function unknownAlgorithms(workshop: AttackWorkshop): readonly AttackCase[] {
  const { algorithm } = workshop
  const spellings: readonly (readonly [name: string, alg: string])[] = [
    ['ours-in-small-letters', algorithm.toLowerCase()],
    ['ours-before-space', `${algorithm} `],
    ['ours-before-nul', `${algorithm}\0`],
    ['ours-twice', `${algorithm},${algorithm}`],
  ]
  const attack = (why: string) => {
    return ([name, alg]: readonly [string, string]): TokenAttack => {
      const cve = ['CVE-2026-22817', 'CVE-2026-22818', 'CVE-2020-15084']
      return [name, 'algorithm_not_allowed', why, workshop.token({ header: { alg } }), cve]
    }
  }
  return tokenCases('unknown-algorithm', [
    ...NOT_OURS.map(
      attack('The verifier says which algorithms there are; the token chooses none.'),
    ),
    ...spellings.map(attack('Names are compared octet by octet (RFC 7515 section 4.1.1).')),
  ])
}
