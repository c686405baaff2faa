/** The one error class of this package: no token, or no permission to attach it. */
import { describe, type Failure, type FailureCode, type FailureKind, kindOf } from './failure.ts'

/** What the failing side adds to a failure. */
export interface AcquisitionCircumstances {
  /** Token requests that were sent for this. Default 0. */
  readonly attempts?: number
  /**
   * Until when the current token goes on being served, in milliseconds of wall time. Default: there
   * is none.
   */
  readonly servedUntilWallMs?: number | undefined
}

/**
 * Why there is no token.
 *
 * Decide on `kind`, or on `code` for more detail; never on `message`. Safe to log as it is: every
 * field is a number or comes from a fixed list, and there is no `cause`, because causes carry text
 * from the wire.
 */
export class TokenAcquisitionError extends Error {
  override readonly name = 'TokenAcquisitionError'
  /** What happened. */
  readonly code: FailureCode
  /** What a caller can do about it. */
  readonly kind: FailureKind
  /** How many token requests were sent: 0 when it was decided without asking. */
  readonly attempts: number
  /** When another attempt makes sense, in milliseconds from now, 0 to 3,600,000. */
  declare readonly retryAfterMs?: number
  /** The registered error code of the server (RFC 6749 section 5.2). */
  declare readonly oauthError?: string
  /** The HTTP status of the answer, where there was one. */
  declare readonly httpStatus?: number
  /** The system's code of a failed connection, such as `ECONNREFUSED`. */
  declare readonly causeCode?: string
  /** Until when callers still get the current token; only on errors that events report. */
  declare readonly servedFromCacheUntil?: Date

  constructor(failure: Failure, circumstances: AcquisitionCircumstances = {}) {
    super(describe(failure.code))
    this.code = failure.code
    this.kind = kindOf(failure.code)
    this.attempts = circumstances.attempts ?? 0
    const { retryAfterMs, oauthError, httpStatus, causeCode } = failure
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
    if (oauthError !== undefined) this.oauthError = oauthError
    if (httpStatus !== undefined) this.httpStatus = httpStatus
    if (causeCode !== undefined) this.causeCode = causeCode
    const { servedUntilWallMs } = circumstances
    if (servedUntilWallMs !== undefined) this.servedFromCacheUntil = new Date(servedUntilWallMs)
  }
}
