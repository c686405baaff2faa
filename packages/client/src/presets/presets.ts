/** The presets by name. */
import { auth0 } from './auth0.ts'
import { cognito } from './cognito.ts'
import { credicorp } from './credicorp.ts'
import { entra } from './entra.ts'
import { firsty } from './firsty.ts'
import { keycloak } from './keycloak.ts'
import { myparcel } from './myparcel.ts'
import { okta } from './okta.ts'
import type { Preset } from './preset.ts'

/** The presets by name. */
export const presets = {
  credicorp,
  myparcel,
  firsty,
  auth0,
  okta,
  entra,
  keycloak,
  cognito,
} as const satisfies Record<string, Preset>

/** The name of a preset. */
export type PresetName = keyof typeof presets
