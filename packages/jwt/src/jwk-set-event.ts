/** What a remote key set tells its observer. Codes and counts, no text from the wire. */
import type { JwkSetFetchViolation } from './fetch-jwk-set.ts'

/** Something happened to a remote key set. `url` is the one it was configured with. */
export type JwkSetEvent =
  | {
      /** A set arrived and is in use. */
      readonly type: 'jwk_set_renewed'
      readonly url: string
      /** Keys in use; one that fits two algorithms counts twice. */
      readonly keys: number
      /** Keys of the document that were left out as read: of no use to us, or not allowed in it. */
      readonly skipped: number
      readonly lifetimeSeconds: number
      readonly generation: number
    }
  | {
      /** A fetch failed. What was in use stays so until it is too old. */
      readonly type: 'jwk_set_fetch_failed'
      readonly url: string
      readonly violation: JwkSetFetchViolation
      readonly httpStatus: number | undefined
    }
  | {
      /** The set in use was too old to go on with, and nothing took its place. */
      readonly type: 'jwk_set_dropped'
      readonly url: string
      readonly generation: number
    }
