/**
 * Presets: what is known about a named token service, so that callers need not look it up. A preset
 * only fills in what the options leave open.
 */

/** What a preset fills in. */
export interface Preset {
  /** How a bare `clientSecret` is sent. */
  readonly authentication: 'client_secret_post' | 'client_secret_json'
  /** Path of the token endpoint below the issuer, for services without metadata. */
  readonly tokenEndpointPath: string | undefined
  /** The scope asked for by default. */
  readonly scope: string | undefined
}

/** The presets by name. */
export const presets = {
  /** Credicorp partner ring: credentials in the form body, endpoint from the issuer's metadata. */
  credicorp: {
    authentication: 'client_secret_post',
    tokenEndpointPath: undefined,
    scope: undefined,
  },
  /**
   * MyParcel.com: `POST /access-token` with a JSON body; `*` stands for every scope the client is
   * allowed.
   */
  myparcel: {
    authentication: 'client_secret_json',
    tokenEndpointPath: '/access-token',
    scope: '*',
  },
} as const satisfies Record<string, Preset>

/** The name of a preset. */
export type PresetName = keyof typeof presets
