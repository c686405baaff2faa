/** `aud` that does not name this API, or only to a careless comparison. */
import type { JsonValue } from '@mintmark/protocol'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

/** Cases of the class `audience`. */
export function audiences(workshop: AttackWorkshop): readonly AttackCase[] {
  const { audience } = workshop
  const bypass = ['CVE-2020-26160']
  const form =
    'An audience is a text or a list of texts, none of them empty (RFC 7519 section 4.1.3).'
  const exact = 'An audience is compared octet by octet with the configured ones.'
  const forms: readonly (readonly [string, JsonValue])[] = [
    ['empty-list', []],
    ['list-with-empty-text', ['']],
    ['empty-text', ''],
    ['null', null],
    ['list-with-null', [null]],
    ['true', true],
    ['number', 0],
    ['object', { [audience]: true }],
    ['object-with-index', { 0: audience, length: 1 }],
    ['nested-list', [[audience]]],
    ['list-with-number', [audience, 1]],
    ['list-with-empty-text-and-ours', ['', audience]],
  ]
  return tokenCases('audience', [
    ...forms.map(
      ([name, aud]): TokenAttack => [
        name,
        'claim_malformed',
        form,
        workshop.token({ claims: { aud } }),
        bypass,
      ],
    ),
    ...others(workshop).map(
      ([name, aud]): TokenAttack => [
        name,
        'wrong_audience',
        exact,
        workshop.token({ claims: { aud } }),
      ],
    ),
    [
      'missing',
      'claim_missing',
      'A token for nobody is for nobody.',
      workshop.token({ claims: { aud: undefined } }),
      bypass,
    ],
  ])
}

function others({
  audience,
  issuer,
  clientId,
}: AttackWorkshop): readonly (readonly [string, JsonValue])[] {
  return [
    ['another', 'https://other.example'],
    ['others', ['https://other.example', 'https://third.example']],
    ['slash-more-or-less', audience.endsWith('/') ? audience.slice(0, -1) : `${audience}/`],
    ['in-capitals', audience.toUpperCase()],
    ['shortened', audience.slice(0, -1)],
    ['lengthened', `${audience}x`],
    ['as-prefix', `${audience}.attacker.example`],
    ['as-suffix', `https://attacker.example/${audience}`],
    ['with-path', `${audience}/orders`],
    ['with-query', `${audience}?x`],
    ['with-fragment', `${audience}#x`],
    ['with-space-behind', `${audience} `],
    ['with-space-before', ` ${audience}`],
    ['with-nul-behind', `${audience}\0`],
    ['with-line-end-behind', `${audience}\n`],
    ['joined-by-comma', `https://other.example,${audience}`],
    ['joined-by-space', `https://other.example ${audience}`],
    ['list-as-text', JSON.stringify([audience])],
    ['wildcard', '*'],
    ['pattern', '.*'],
    ['percent-encoded', encodeURIComponent(`${audience}:`)],
    ['with-cyrillic-letter', audience.replace(/[a-z]/i, '\u0430')],
    ['the-issuer', issuer],
    ['the-client', clientId],
    ['proto', '__proto__'],
  ]
}
