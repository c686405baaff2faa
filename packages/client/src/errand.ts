/** What one flight sets out for: why, and what it has to bring back something better than. */
import type { RenewalTrigger } from './events.ts'

/** The errand of one flight. */
export interface Errand {
  readonly trigger: RenewalTrigger
  /**
   * The fingerprint of the token in hand, or of the one that a resource server refused. A shared token with this
   * fingerprint is nothing new.
   */
  readonly knownFingerprint: string | undefined
  /** How long a token must live on to be of use, in seconds; 0: no demand. */
  readonly minTtlSeconds: number
}
