/** Clients on the wire. */
import { z } from 'zod'
import { secretMessage } from './secret-messages.ts'
import { identifier, instant, labelText, lifetimeSeconds, scopeText, version } from './values.ts'

const identityText = z.string().min(1).max(2_048)

const quota = z.strictObject({
  name: z.string().max(32),
  tokens: z.int().min(1),
  window_seconds: z.int().min(1),
})

const keys = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('jwks'), jwks: z.string().max(64 * 1_024) }),
  z.strictObject({ kind: z.literal('jwks_uri'), jwks_uri: identityText }),
])

const federatedIdentity = z.strictObject({
  kind: z.enum(['oidc', 'kubernetes', 'spiffe']),
  issuer: identityText,
  subject: identityText,
  audience: identityText.nullable().optional(),
  jwks_uri: identityText.nullable().optional(),
})

const certificate = z.strictObject({
  kind: z.enum(['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email']),
  value: identityText,
})

const settingMembers = {
  label: labelText.nullable(),
  default_resource: identifier.nullable(),
  lifetime_seconds_max: lifetimeSeconds.nullable(),
  scope_max: scopeText.nullable(),
  addresses: z.array(z.string().max(64)).max(1_000),
  quotas: z.array(quota).max(100),
  sender_constraint: z.enum(['none', 'dpop', 'certificate']),
  authorization_details_types: z.array(z.string().max(2_048)).max(100),
  shadowed: z.array(z.string().max(64)).max(32),
  keys: keys.nullable(),
  assertion_audience: z.enum(['strict', 'legacy']),
  federated_identities: z.array(federatedIdentity).max(100),
  certificate: certificate.nullable(),
  exchanges_tokens: z.boolean(),
}

/** The settings of a client; those that a newer server has besides are passed over. */
export const clientSettingsMessage = z.object(settingMembers)

const grant = z.object({
  resource: identifier,
  scope: scopeText,
  default_scope: scopeText.nullable(),
})

/** A registered client. */
export const clientMessage = z.object({
  id: identifier,
  disabled: z.boolean(),
  authentication_methods: z.array(z.string().max(64)),
  grants: z.array(grant),
  secrets: z.array(secretMessage),
  serves_resources: z.array(identifier),
  settings: clientSettingsMessage,
  created_at: instant,
  version,
})

const grantDraft = z.strictObject({
  resource: identifier,
  scope: scopeText,
  default_scope: scopeText.optional(),
})

const draftMembers = {
  scope: scopeText.optional(),
  resources: z.array(identifier).max(100).optional(),
  grants: z.array(grantDraft).max(100).optional(),
}
const methods = z.array(z.string().max(64)).max(16)
const served = z.array(identifier).max(100)

/** A client to be registered. */
export const clientDraftMessage = z.strictObject({
  id: identifier,
  ...draftMembers,
  default_scope: scopeText.optional(),
  authentication_methods: methods.optional(),
  client_secret: z.string().max(512).optional(),
  serves_resources: served.optional(),
  disabled: z.boolean().optional(),
  settings: z.strictObject(settingMembers).partial().optional(),
})

/** What is to be different; `null` puts a default back. */
export const clientPatchMessage = z.strictObject({
  ...draftMembers,
  default_scope: scopeText.nullable().optional(),
  authentication_methods: methods.nullable().optional(),
  serves_resources: served.nullable().optional(),
  settings: z.strictObject(withNull(settingMembers)).partial().optional(),
})

/** A client that was just registered; its secret is in no other answer. */
export const createdClientMessage = z.object({
  client: clientMessage,
  client_secret: z.string().nullable(),
  secret_id: identifier.nullable(),
})

/** One page of clients; `next` is the `after` of the one that follows. */
export const clientPageMessage = z.object({
  clients: z.array(clientMessage),
  next: identifier.nullable(),
})

type WithNull<Members extends z.ZodRawShape> = {
  [Name in keyof Members]: z.ZodNullable<Members[Name]>
}

function withNull<Members extends Record<string, z.ZodType>>(members: Members): WithNull<Members> {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, member.nullable()]),
  ) as WithNull<Members>
}
