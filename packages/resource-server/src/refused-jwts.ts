/**
 * JWTs whose signature was checked for nothing a moment ago, so that one that comes again at once is refused without
 * another check. A client that goes on with an expired token, or one for another API, sends it as fast as it can.
 *
 * Invariants
 *  (1) Only a no is remembered, so nothing here can admit a token.
 *  (2) Only a no that stands for longer than it is remembered: of a token that is not valid yet, or whose key is not
 *      known, the next moment may tell otherwise; and what costs no signature check to find out is not worth a place.
 *  (3) The table is apart from that of the verdicts on good tokens, so no flood of garbage pushes those out.
 */
import type { MaybePromise } from '@mintmark/jwt'
import { type AccessTokenValue, refused } from '@mintmark/protocol'
import { refusedJwtSeconds } from './limits.ts'
import { RefusedTokens } from './refused-tokens.ts'
import {
  judgeToken,
  type TokenRules,
  type TokenVerdict,
  type TokenViolation,
} from './token-verdict.ts'

/** What is found out behind a right signature, and the signature that is wrong itself. */
const REMEMBERED: ReadonlySet<string> = new Set<TokenViolation>([
  ...(['bad_signature', 'claim_missing', 'claim_malformed', 'wrong_audience'] as const),
  ...(['expired', 'lifetime_too_long'] as const),
])

/** `judgeToken` under `rules`, with a memory of its own. */
export function judgeWithMemory(
  rules: TokenRules,
): (token: AccessTokenValue) => MaybePromise<TokenVerdict> {
  const table = new RefusedTokens(refusedJwtSeconds)
  const { clock } = rules

  function remember(token: AccessTokenValue, verdict: TokenVerdict): TokenVerdict {
    if (!verdict.ok && REMEMBERED.has(verdict.violation)) {
      table.keep(token.reveal(), verdict.violation as TokenViolation, clock.monotonicMs())
    }
    return verdict
  }

  return (token) => {
    const known = table.isEmpty ? undefined : table.find(token.reveal(), clock.monotonicMs())
    if (known !== undefined) return refused(known)
    const judged = judgeToken(token, rules)
    return judged instanceof Promise
      ? judged.then((verdict) => remember(token, verdict))
      : remember(token, judged)
  }
}
