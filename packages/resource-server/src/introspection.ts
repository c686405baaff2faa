/**
 * How a guard and introspection meet (RFC 7662). A guard knows this much and no more: what asks is made by
 * `@mintmark/resource-server/introspection`, so that guards of JWTs alone do not carry it.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { AccessTokenValue, IssuerIdentifier } from '@mintmark/protocol'
import type { Observer, RandomSource, Transport } from '@mintmark/runtime'
import type { GuardEvent } from './events.ts'
import type { GuardState } from './guard.ts'
import { judgeWithMemory } from './refused-jwts.ts'
import { judgeToken, type TokenJudge, type TokenRules, type TokenVerdict } from './token-verdict.ts'
import type { CachedVerdict } from './verdict-cache.ts'

/** What an introspector works in. */
export interface IntrospectionWorld {
  readonly rules: TokenRules
  readonly transport: Transport
  readonly random: RandomSource
  readonly observer: Observer<GuardEvent>
}

/**
 * Asks the issuer about tokens, for one guard. Neither throws nor rejects for anything in a token or on the network.
 */
export interface Introspector {
  /** Whom it asks. */
  readonly issuer: IssuerIdentifier
  /** Whether JWTs are asked about, too. */
  readonly confirmsJwts: boolean
  /** Judges a token that cannot be read here. @param isFresh - Whether only an answer made from now on will do. */
  judge(token: CachedVerdict['token'], isFresh: boolean): MaybePromise<TokenVerdict>
  /** Asks about a JWT that is good as far as can be told here. */
  confirm(verdict: CachedVerdict, isFresh: boolean): MaybePromise<TokenVerdict>
  /** How well it can ask at the moment. */
  state(): GuardState
  /** Finds the endpoint. */
  warm(): Promise<void>
  /** Ends the requests under way and sends no others. */
  dispose(): void
}

/** Connects introspection to a guard; not to be called by anybody else. */
export const connect: unique symbol = Symbol('connect')

/**
 * The option `introspection` of `createGuard`: made by `introspection` of `@mintmark/resource-server/introspection`.
 */
export interface Introspection {
  /** Throws `TypeError` where the guard does not trust the issuer that is to be asked. */
  readonly [connect]: (world: IntrospectionWorld) => Introspector
}

/**
 * Judges each token in the way of its kind.
 *
 * @param isRemembering - Whether JWTs that were refused are remembered for a moment: see `refused-jwts.ts`.
 */
export function createTokenJudge(
  rules: TokenRules,
  introspector: Introspector | undefined,
  isRemembering: boolean,
): TokenJudge {
  const judgeJwt = isRemembering
    ? judgeWithMemory(rules)
    : (token: AccessTokenValue) => judgeToken(token, rules)
  if (introspector === undefined) return judgeJwt
  return (token, isFresh) => {
    if (!looksLikeJwt(token.reveal())) return introspector.judge(token, isFresh)
    const judged = judgeJwt(token)
    if (!introspector.confirmsJwts) return judged
    const confirmed = (verdict: TokenVerdict) =>
      verdict.ok ? introspector.confirm(verdict.value, isFresh) : verdict
    return judged instanceof Promise ? judged.then(confirmed) : confirmed(judged)
  }
}

/**
 * Three segments, the first of which begins as base64url of an object does. What looks like a JWT is judged as one and
 * never asked about: a flood of bad JWTs costs the issuer nothing.
 */
function looksLikeJwt(text: string): boolean {
  if (!text.startsWith('ey')) return false
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  return first > 0 && second > 0 && !text.includes('.', second + 1)
}
