/** Credicorp partner ring (requirement S1): credentials in the form body, endpoint from the metadata. */
import type { Preset } from './preset.ts'

/** What is known about the Credicorp partner ring. */
export const credicorp: Preset = {
  authentication: 'client_secret_post',
  metadata: 'oauth-authorization-server',
}
