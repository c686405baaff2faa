/** Client secrets on the wire: their public names, and once the secret itself. */
import { z } from 'zod'
import { identifier, instant, labelText } from './values.ts'

/** What may be shown of a secret. */
export const secretMessage = z.object({
  id: identifier,
  label: labelText.nullable(),
  state: z.enum(['active', 'expired', 'retired']),
  created_at: instant,
  expires_at: instant.nullable(),
  retired_at: instant.nullable(),
  hash: z.string().max(64),
})

/** A secret with its last use, and whether it can be retired. */
export const secretReportMessage = secretMessage.extend({
  last_use: z.object({ hour: instant, network: z.string().max(64) }).nullable(),
  retirement: z.object({
    safe: z.boolean(),
    unused_since: instant.nullable().optional(),
    reason: z.string().optional(),
    safe_from: instant.nullable().optional(),
  }),
})

/** The secrets of a client. */
export const secretListMessage = z.object({ secrets: z.array(secretReportMessage) })

/** A further secret of a client. */
export const secretDraftMessage = z.strictObject({
  label: labelText.optional(),
  expires_at: z.string().max(40).optional(),
  client_secret: z.string().max(512).optional(),
})

/** What is to be different; `null` takes it away. */
export const secretPatchMessage = z.strictObject({
  label: labelText.nullable().optional(),
  expires_at: z.string().max(40).nullable().optional(),
})

/** A secret that was just added; it is in no other answer. */
export const addedSecretMessage = z.object({ secret: secretMessage, client_secret: z.string() })

/** How a secret is retired. */
export const retirementMessage = z.strictObject({ force: z.boolean().optional() })
