/** What a policy in shadow mode would have changed. */
import type { ShadowedReason } from '../events.ts'
import type { ShadowablePolicy } from '../registry/client-settings.ts'

/** One policy that was not enforced, and what it would have done. */
export interface ShadowedOutcome {
  readonly policy: ShadowablePolicy
  readonly reason: ShadowedReason
}
