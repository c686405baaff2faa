/** JSON with one name twice: two parsers that keep different ones see two different tokens (RFC 7515 section 4). */
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

const HEADER: readonly (readonly [name: string, before: string])[] = [
  ['alg-none-first', '"alg":"none"'],
  ['alg-same', '"alg":"ALG"'],
  ['alg-escaped', '"\\u0061lg":"none"'],
  ['kid', '"kid":"nobody"'],
  ['typ', '"typ":"JWT"'],
  ['unknown-member', '"x":1,"x":2'],
  ['nested-member', '"x":{"y":1,"y":2}'],
]

const CLAIMS: readonly (readonly [name: string, before: string])[] = [
  ['iss', '"iss":"https://attacker.example"'],
  ['aud', '"aud":"https://other.example"'],
  ['aud-escaped', '"\\u0061\\u0075\\u0064":"https://other.example"'],
  ['sub', '"sub":"somebody-else"'],
  ['client_id', '"client_id":"somebody-else"'],
  ['exp', '"exp":1'],
  ['iat', '"iat":1'],
  ['nbf', '"nbf":99999999999,"nbf":1'],
  ['scope', '"scope":"admin"'],
  ['jti', '"jti":"another"'],
  ['cnf', '"cnf":{"jkt":"x"},"cnf":null'],
  ['unknown-claim', '"x":1,"x":1'],
  ['nested-member', '"x":[{"y":{"z":1,"z":2}}]'],
  ['proto', '"__proto__":1,"__proto__":2'],
]

/** Cases of the class `duplicate-member`. */
export function duplicateMembers(workshop: AttackWorkshop): readonly AttackCase[] {
  const why =
    'A name twice is refused: the verifier and whoever reads the claims may keep different ones.'
  const header = (text: string) => workshop.token({ header: text })
  const claims = (text: string) => workshop.token({ claims: text })
  const attacks = [
    ...HEADER.flatMap((row) => bothOrders('header', row, workshop.headerText(), header, workshop)),
    ...CLAIMS.flatMap((row) => bothOrders('claim', row, workshop.claimsText(), claims, workshop)),
  ]
  return tokenCases(
    'duplicate-member',
    attacks.map(([name, token]): TokenAttack => [name, 'malformed_token', why, token]),
  )
}

/** The second `alg`, `aud`, … before the first, and behind it. */
function bothOrders(
  where: string,
  [name, members]: readonly [string, string],
  text: string,
  build: (json: string) => string,
  { algorithm }: AttackWorkshop,
): readonly (readonly [string, string])[] {
  const added = members.replace('ALG', algorithm)
  return [
    [`${where}-${name}-first`, build(text.replace('{', `{${added},`))],
    [`${where}-${name}-last`, build(text.replace(/\}$/, `,${added}}`))],
  ]
}
