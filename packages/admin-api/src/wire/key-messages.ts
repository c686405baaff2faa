/** Signing keys on the wire. */
import { z } from 'zod'
import { identifier, instant } from './values.ts'

/** What may be shown of a signing key. */
export const keyMessage = z.object({
  kid: identifier,
  algorithm: z.string().max(16),
  state: z.enum(['next', 'active', 'retiring', 'retired', 'compromised']),
  signer: z.string().nullable(),
  created_at: instant,
  activates_at: instant,
  retires_at: instant.nullable(),
  compromised_at: instant.nullable(),
})

/** Every key. */
export const keyListMessage = z.object({ keys: z.array(keyMessage) })

/** How a key is rotated. */
export const rotationMessage = z.strictObject({
  algorithm: z.string().max(16).optional(),
  immediately: z.boolean().optional(),
})

/** What came of a rotation. */
export const rotatedKeyMessage = z.object({ key: keyMessage, is_new: z.boolean() })

/** What came of declaring a key compromised. */
export const compromisedKeyMessage = z.object({
  key: keyMessage,
  replacement: keyMessage.nullable(),
})
