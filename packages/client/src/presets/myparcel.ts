/**
 * MyParcel.com (requirement S4; docs.myparcel.com, "Client Credentials Grant"; the codes of its
 * errors are those of its public PHP packages). `*` stands for every scope the client is allowed.
 * Its API refuses a token with a JSON:API error and no challenge, and asks callers to fetch a new one.
 */
import type { Preset } from './preset.ts'

/** What is known about MyParcel.com. */
export const myparcel: Preset = {
  authentication: 'client_secret_json',
  tokenEndpointPath: '/access-token',
  scope: '*',
  errorLeniency: { jsonApiCodes: { 14000: 'invalid_client', 14001: 'invalid_scope' } },
  omitsChallenge: true,
}
