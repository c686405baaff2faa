/** What is told of a refused request beyond its reason: from an allow-list, so that no wire text can be among it. */

/**
 * What a reason alone does not tell. Every member is a name from the registry or a number of ours; a text that was sent
 * never belongs here.
 */
export interface RefusalDetail {
  /** The public name of the secret that was used. */
  readonly secretId?: string
  /** The public name of the registered key that was used. */
  readonly keyId?: string
  /** How long ago what was used had ended. */
  readonly endedSecondsAgo?: number
  /** By how much the caller's clock is ahead of ours; negative when it is behind. */
  readonly clockSkewSeconds?: number
  /** How long something would have lived. */
  readonly lifetimeSeconds?: number
  /** The limit that was reached: a name of ours, or that of a registered quota. */
  readonly policy?: string
  /** When the caller may come back. */
  readonly retryAfterSeconds?: number
}

/** Nothing beyond the reason. */
export const noDetail: RefusalDetail = Object.freeze({})
