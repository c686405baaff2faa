/** The claims that name the caller and what it may do, missing or of another form (RFC 9068 section 2.2). */
import type { JsonValue } from '@mintmark/protocol'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

const NO_TEXT: readonly (readonly [name: string, value: JsonValue])[] = [
  ['empty', ''],
  ['null', null],
  ['number', 1],
  ['true', true],
  ['list', ['partner-a']],
  ['object', { id: 'partner-a' }],
]

const SCOPES: readonly (readonly [name: string, scope: JsonValue])[] = [
  ['list', ['read']],
  ['list-with-text-of-several', ['read admin']],
  ['object', { read: true }],
  ['number', 1],
  ['null', null],
  ['true', true],
  ['space-alone', ' '],
  ['space-before', ' read'],
  ['space-behind', 'read '],
  ['two-spaces', 'read  write'],
  ['tab', 'read\twrite'],
  ['line-end', 'read\nwrite'],
  ['nul', 'read\0write'],
  ['quote', 'read" admin'],
  ['backslash', 'read\\admin'],
  ['no-break-space', 'read\u00a0admin'],
  ['letter-beyond-ascii', 'r\u00e9ad'],
  ['delete-character', 'read\u007f'],
]

/** Cases of the class `claim-form`. */
export function claimForms(workshop: AttackWorkshop): readonly AttackCase[] {
  return tokenCases('claim-form', [
    ...['sub', 'client_id', 'jti'].flatMap((claim) => requiredText(workshop, claim)),
    ...SCOPES.map(([name, scope]): TokenAttack => {
      const why =
        'A scope is one text of scope tokens with single spaces between (RFC 6749 section 3.3).'
      return [`scope-${name}`, 'claim_malformed', why, workshop.token({ claims: { scope } })]
    }),
  ])
}

function requiredText(workshop: AttackWorkshop, claim: string): readonly TokenAttack[] {
  const missing = workshop.token({ claims: { [claim]: undefined } })
  const why = `${claim} is required and a text (RFC 9068 section 2.2).`
  return [
    [`${claim}-missing`, 'claim_missing', why, missing],
    ...NO_TEXT.map(
      ([name, value]): TokenAttack => [
        `${claim}-${name}`,
        'claim_malformed',
        why,
        workshop.token({ claims: { [claim]: value } }),
      ],
    ),
  ]
}
