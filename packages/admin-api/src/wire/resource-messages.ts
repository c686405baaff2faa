/** Resource servers on the wire. */
import { z } from 'zod'
import { identifier, instant, labelText, lifetimeSeconds, scopeText, version } from './values.ts'

const settingMembers = {
  label: labelText.nullable(),
  sender_constraint: z.enum(['none', 'dpop', 'certificate']),
  authorization_details_types: z.array(z.string().max(2_048)).max(100),
  authorization_details_members: z.record(z.string().max(2_048), z.array(z.string().max(256))),
}
const algorithm = z.enum(['ES256', 'EdDSA', 'RS256', 'PS256'])
const tokenFormat = z.enum(['jwt', 'opaque'])

/** A registered resource server. */
export const resourceMessage = z.object({
  id: identifier,
  scope: scopeText,
  lifetime_seconds: lifetimeSeconds.nullable(),
  token_format: tokenFormat,
  algorithm,
  settings: z.object(settingMembers),
  created_at: instant,
  version,
})

/** A resource server to be registered. */
export const resourceDraftMessage = z.strictObject({
  id: identifier,
  scope: scopeText,
  lifetime_seconds: lifetimeSeconds.optional(),
  token_format: tokenFormat.optional(),
  algorithm: algorithm.optional(),
  settings: z.strictObject(settingMembers).partial().optional(),
})

/** What is to be different; `null` puts a default back. */
export const resourcePatchMessage = z.strictObject({
  scope: scopeText.optional(),
  lifetime_seconds: lifetimeSeconds.nullable().optional(),
  token_format: tokenFormat.nullable().optional(),
  algorithm: algorithm.nullable().optional(),
  settings: z
    .strictObject({
      label: settingMembers.label.optional(),
      sender_constraint: settingMembers.sender_constraint.nullable().optional(),
      authorization_details_types: settingMembers.authorization_details_types.nullable().optional(),
      authorization_details_members: settingMembers.authorization_details_members
        .nullable()
        .optional(),
    })
    .optional(),
})
