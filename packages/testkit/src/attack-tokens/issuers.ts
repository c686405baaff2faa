/** `iss` that is not the trusted issuer, or only to a careless comparison. */
import type { JsonValue } from '@mintmark/protocol'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

/** Cases of the class `issuer`. */
export function issuers(workshop: AttackWorkshop): readonly AttackCase[] {
  const why = 'The issuer is one text, compared octet by octet (RFC 9068 section 4).'
  const attack = (cve: readonly string[]) => {
    return ([name, iss]: readonly [string, JsonValue | undefined]): TokenAttack => {
      return [name, 'wrong_issuer', why, workshop.token({ claims: { iss } }), cve]
    }
  }
  return tokenCases('issuer', [
    ...otherTypes(workshop).map(attack(['CVE-2025-30144'])),
    ...partsOf(workshop).map(attack(['CVE-2024-53861'])),
    ...others(workshop).map(attack([])),
    attack(['CVE-2026-35041'])(['that-makes-patterns-slow', `${'a'.repeat(3_000)}!`]),
  ])
}

type Row = readonly [name: string, iss: JsonValue | undefined]

function otherTypes({ issuer }: AttackWorkshop): readonly Row[] {
  return [
    ['list', [issuer]],
    ['list-with-others', ['https://attacker.example', issuer]],
    ['object', { issuer }],
    ['missing', undefined],
    ['null', null],
    ['number', 1],
    ['true', true],
    ['empty', ''],
  ]
}

function partsOf({ issuer }: AttackWorkshop): readonly Row[] {
  return [
    ['shortened', issuer.slice(0, -1)],
    ['one-letter', issuer.slice(0, 1)],
    ['without-scheme', issuer.replace(/^https?:\/\//, '')],
    ['scheme-alone', issuer.slice(0, issuer.indexOf('/'))],
    ['lengthened', `${issuer}x`],
    ['as-prefix', `${issuer}.attacker.example`],
    ['as-suffix', `https://attacker.example/${issuer}`],
    ['joined-by-space', `https://attacker.example ${issuer}`],
  ]
}

function others({ issuer }: AttackWorkshop): readonly Row[] {
  const [scheme, rest = ''] = issuer.split('://')
  return [
    ['another', 'https://attacker.example'],
    ['slash-more-or-less', issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`],
    ['in-capitals', issuer.toUpperCase()],
    ['other-scheme', `${scheme === 'https' ? 'http' : 'https'}://${rest}`],
    ['as-userinfo', `${issuer}@attacker.example`],
    ['with-userinfo', `${scheme}://x@${rest}`],
    ['with-dot-segment', `${issuer}/.`],
    ['with-query', `${issuer}?x`],
    ['with-fragment', `${issuer}#x`],
    ['with-space-behind', `${issuer} `],
    ['with-nul-behind', `${issuer}\0`],
    ['with-line-end-behind', `${issuer}\n`],
    ['with-cyrillic-letter', `${scheme}://${rest.replace(/[a-z0-9]/, '\u0430')}`],
    ['pattern', '.*'],
    ['proto', '__proto__'],
    ['constructor', 'constructor'],
  ]
}
