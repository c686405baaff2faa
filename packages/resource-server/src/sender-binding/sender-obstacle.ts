/** Why whoever presents a good token is not admitted with it, in the words of the refusal table. */
import type { NonceViolation, SenderViolation, UnavailableCode } from '../refusal.ts'

/** A rule that was broken, or that nobody can say. */
export type SenderObstacle =
  | { readonly code: SenderViolation }
  | { readonly code: NonceViolation; readonly nonce: string }
  | { readonly code: UnavailableCode; readonly retryAfterSeconds: number }
