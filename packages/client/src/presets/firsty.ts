/**
 * Firsty Connect (requirement S5): a form body, tokens of 24 h, renewed 300 s before they end. What it
 * asks of callers after a 401 does not depend on a challenge (T3), so none is waited for.
 */
import type { Preset } from './preset.ts'

/** What is known about Firsty Connect. */
export const firsty: Preset = {
  authentication: 'client_secret_post',
  tokenEndpointPath: '/api/v3/auth/token',
  renewal: { secondsBeforeExpiry: 300 },
  omitsChallenge: true,
}
