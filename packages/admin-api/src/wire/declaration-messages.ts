/** Declared registries on the wire: the document itself is read by whoever reads such documents, strictly. */
import { z } from 'zod'

/** A registry to be made as declared, or to be compared with it. */
export const declarationMessage = z.strictObject({
  mode: z.enum(['replace', 'merge']),
  prune: z.boolean().optional(),
  plan_only: z.boolean().optional(),
  declaration: z.looseObject({ mintmark_registry: z.literal(1) }),
})

/** What is or would be done, step by step, and what differs and is left as it is. */
export const planMessage = z.object({
  applied: z.boolean(),
  steps: z.array(
    z.object({
      action: z.enum(['create', 'update', 'delete']),
      kind: z.enum(['resource', 'client']),
      id: z.string(),
      details: z.array(z.string()),
    }),
  ),
  drift: z.array(z.string()),
})

/** A registry as a declaration that changes nothing. */
export const exportedMessage = z.looseObject({ mintmark_registry: z.literal(1) })
