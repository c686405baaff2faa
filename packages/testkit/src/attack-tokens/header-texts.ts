/**
 * Words in tokens that break a response header or a log line where they are repeated: in Node a control or
 * non-Latin-1 character in a header throws while the answer is being made, which can end the process.
 */
import { type AttackCase, type BrokenRule, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

/** What must not appear in any answer, by name. */
export const headerWords: ReadonlyMap<string, string> = new Map([
  ['crlf', 'x"\r\nSet-Cookie: canary=4711'],
  ['nul', 'canary\0 4711'],
  ['escape', 'canary\u001b[31m4711'],
  ['quote', 'canary", scope="admin'],
  ['c1-control', 'canary\u0085\u00ff4711'],
  ['cyrillic', 'Жирафы canary'],
  ['right-to-left', 'canary\u202e4711'],
  ['emoji', 'canary \u{1f4b0}'],
  ['markup', '<script>canary()</script>'],
])

interface Place {
  readonly name: string
  readonly expect: BrokenRule
  readonly token: (workshop: AttackWorkshop, word: string) => string
}

const PLACES: readonly Place[] = [
  {
    name: 'kid',
    expect: 'unknown_key',
    token: (workshop, kid) => workshop.token({ header: { kid } }),
  },
  {
    name: 'typ',
    expect: 'wrong_type',
    token: (workshop, typ) => workshop.token({ header: { typ } }),
  },
  {
    name: 'alg',
    expect: 'algorithm_not_allowed',
    token: (workshop, alg) => workshop.token({ header: { alg } }),
  },
  {
    name: 'crit',
    expect: 'critical_header',
    token: (workshop, word) => workshop.token({ header: { crit: [word] } }),
  },
  {
    name: 'iss',
    expect: 'wrong_issuer',
    token: (workshop, iss) => workshop.token({ claims: { iss } }),
  },
  {
    name: 'aud',
    expect: 'wrong_audience',
    token: (workshop, aud) => workshop.token({ claims: { aud } }),
  },
  {
    name: 'scope',
    expect: 'claim_malformed',
    token: (workshop, word) => workshop.token({ claims: { scope: `${word} "` } }),
  },
  {
    name: 'exp',
    expect: 'claim_malformed',
    token: (workshop, exp) => workshop.token({ claims: { exp } }),
  },
  {
    name: 'expired-sub',
    expect: 'expired',
    token: (workshop, sub) => workshop.token({ claims: { sub, client_id: sub, exp: 1 } }),
  },
  {
    name: 'forged-sub',
    expect: 'bad_signature',
    token: (workshop, sub) =>
      workshop.token({
        key: workshop.attackerKey,
        header: { kid: workshop.key.kid },
        claims: { sub, client_id: sub },
      }),
  },
]

/** Cases of the class `header-text`. */
export function headerTexts(workshop: AttackWorkshop): readonly AttackCase[] {
  const why = 'Nothing that a token says is repeated in an answer.'
  return tokenCases(
    'header-text',
    PLACES.flatMap(({ name, expect, token }) =>
      [...headerWords].map(
        ([word, text]): TokenAttack => [`${name}-${word}`, expect, why, token(workshop, text)],
      ),
    ),
  )
}
