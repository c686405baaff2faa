/** Tokens, refusals, the audit trail and the state of the server on the wire. */
import { z } from 'zod'
import { identifier, instant, tokenText } from './values.ts'

/** A token to be looked at or revoked. */
export const tokenMessage = z.strictObject({ token: tokenText })

/** What a token says, as long as it is active (RFC 7662 section 2.2). */
export const introspectionMessage = z.looseObject({ active: z.boolean() })

/** Whether there was an active token to revoke. */
export const revocationMessage = z.object({ revoked: z.boolean() })

/** Whose tokens were revoked. */
export const clientTokensMessage = z.object({ client_id: identifier })

/** Why a request was refused. */
export const explanationMessage = z.object({
  at: instant,
  endpoint: z.string(),
  reason: z.string(),
  meaning: z.string(),
  advice: z.string(),
  client_id: identifier.nullable(),
  client_id_is_cut: z.boolean(),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
})

/** One record of the audit trail; digests in hexadecimal. */
export const auditRecordMessage = z.object({
  sequence: z.int(),
  at: instant,
  actor: z.string(),
  via: z.string(),
  action: z.string(),
  subject_kind: z.string(),
  subject_id: z.string(),
  /** JSON text, because the chain covers it to the octet. */
  detail: z.string(),
  previous_hash: z.hex().length(64),
  hash: z.hex().length(64),
})

/** One page of the audit trail; `next` is the `after` of the one that follows. */
export const auditPageMessage = z.object({
  records: z.array(auditRecordMessage),
  next: z.int().nullable(),
})

/** Whether the audit trail is as it was written; `fault` and the record where it is not, otherwise. */
export const auditVerdictMessage = z.object({
  ok: z.boolean(),
  records: z.int().optional(),
  vouched_sequence: z.int().optional(),
  fault: z.string().optional(),
  sequence: z.int().optional(),
})

/** A checkpoint that somebody has kept elsewhere, to verify the trail against. */
export const auditVerificationMessage = z.strictObject({
  checkpoint: z.string().max(4_096).optional(),
})

/** A signed checkpoint, worth keeping elsewhere. */
export const checkpointMessage = z.object({ checkpoint: z.string() })

/** How well a client keeps its tokens. */
export const disciplineMessage = z.object({
  clients: z.array(
    z.object({
      client_id: identifier,
      tokens_issued: z.int(),
      score: z.number(),
      token_per_call: z.boolean(),
    }),
  ),
})

/** The state of the node that answers. */
export const statusMessage = z.object({
  version: z.string(),
  issuer: z.string(),
  token_endpoint: z.string(),
  started_at: instant,
  uptime_seconds: z.number(),
  ready: z.boolean(),
  sequence: z.int(),
  stale_seconds: z.number(),
  clients: z.int(),
  tokens_issued: z.int(),
})
