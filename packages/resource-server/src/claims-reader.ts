/**
 * What an application makes of the claims of a verified token: its own type, checked once for each token, or a no.
 *
 * Invariants
 *  (1) The reader sees claims that are verified and frozen: it can neither change what else is decided by them, nor
 *      admit a token that is not good.
 *  (2) A reader that throws or answers `undefined` refuses the token. One that answers a promise is a mistake of the
 *      application and admits nothing.
 */
import type { JsonObject, JsonValue } from '@mintmark/protocol'
import type { VerifiedClaims } from './verdict.ts'

/** Turns verified claims into what an admission shows; `undefined` for claims that are not what is expected. */
export type ClaimsReader = (verified: VerifiedClaims) => unknown

/**
 * The reader behind option `claims` of a guard; without one, the claims are shown as they are.
 *
 * The returned function freezes the claims in place, and its answer too where that is a plain object or an array. It
 * throws `TypeError` for an answer that is a promise.
 */
export function createClaimsReader(read: ClaimsReader | undefined): ClaimsReader {
  return (verified) => {
    freezeDeeply(verified)
    return read === undefined ? verified : answerOf(read, verified)
  }
}

function answerOf(read: ClaimsReader, verified: VerifiedClaims): unknown {
  const answer = attempt(read, verified)
  if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then === 'function') {
    throw new TypeError('claims: the function must answer synchronously')
  }
  return isPlain(answer) ? Object.freeze(answer) : answer
}

/** What a parser throws about claims says what is in them: it ends here. */
function attempt(read: ClaimsReader, verified: VerifiedClaims): unknown {
  try {
    return read(verified)
  } catch {
    return undefined
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}

/** Recursion is safe: what was parsed as claims is at most 16 levels deep. */
function freezeDeeply(value: JsonObject | readonly JsonValue[]): void {
  for (const element of Object.values(value)) {
    if (typeof element === 'object' && element !== null) freezeDeeply(element)
  }
  Object.freeze(value)
}
