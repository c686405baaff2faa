/** What an audit record tells about a change: from an allow-list of fields, so that no credential can be among them. */
import type { Grant } from '../registry/client.ts'
import { type ClientSettings, serialiseClientSettings } from '../registry/client-settings.ts'
import { type Resource, serialiseResourceSettings } from '../registry/resource.ts'
import type { SecretRecord, SigningKeySchedule } from '../storage/records.ts'
import type { ClientWithoutSecrets, StoredChange } from '../storage/stored-change.ts'

/** The part of `change` that may be read by whoever may read the audit trail. */
export function auditDetailOf(change: StoredChange): object {
  switch (change.type) {
    case 'resource_created':
    case 'resource_updated':
      return resourceDetail(change.resource)
    case 'client_created':
      return { ...clientDetail(change.client), secrets: change.client.secrets.map(secretDetail) }
    case 'client_updated':
      return clientDetail(change.client)
    case 'secret_added':
      return secretDetail(change.secret)
    case 'secret_updated':
      return { secret_id: change.secretId, label: change.label, ...expiry(change.expiresAtWallMs) }
    case 'secret_retired':
    case 'secret_deleted':
    case 'secret_rehashed':
      return { secret_id: change.secretId }
    case 'signing_key_created':
      return { algorithm: change.key.algorithm, ...scheduleDetail(change.key) }
    case 'signing_key_scheduled':
      return scheduleDetail(change.schedule)
    case 'token_revoked':
      return { client_id: change.revocation.clientId, exp: change.revocation.expiresAtSeconds }
    case 'client_tokens_revoked':
      return { not_before: change.epoch.notBeforeSeconds }
    case 'resource_deleted':
    case 'client_disabled':
    case 'client_enabled':
    case 'client_deleted':
    case 'signing_key_deleted':
    case 'setting_changed':
      return {}
  }
}

function resourceDetail(resource: Resource): object {
  return {
    scope: resource.scopes.text,
    lifetime_seconds: resource.lifetimeSeconds,
    token_format: resource.tokenFormat,
    algorithm: resource.algorithm,
    settings: JSON.parse(serialiseResourceSettings(resource.settings)),
  }
}

function clientDetail(client: ClientWithoutSecrets): object {
  return {
    disabled: client.disabled,
    authentication_methods: client.authenticationMethods,
    grants: client.grants.map(grantDetail),
    serves: client.servesResources,
    settings: client.settings && settingsDetail(client.settings),
  }
}

function grantDetail({ resource, scopes, defaultScopes }: Grant): object {
  return { resource, scope: scopes.text, default_scope: defaultScopes?.text }
}

/** Public keys are public, but long: that there are some is enough here. */
function settingsDetail(settings: ClientSettings): object {
  const { keys, ...others } = JSON.parse(serialiseClientSettings(settings)) as {
    readonly keys?: { readonly kind: string }
  }
  return { ...others, keys: keys?.kind }
}

function secretDetail(secret: SecretRecord): object {
  return { secret_id: secret.id, label: secret.label, ...expiry(secret.expiresAtWallMs) }
}

function scheduleDetail(schedule: SigningKeySchedule): object {
  return {
    activates_at_ms: schedule.activatesAtWallMs,
    retires_at_ms: schedule.retiresAtWallMs,
    compromised_at_ms: schedule.compromisedAtWallMs,
  }
}

function expiry(expiresAtWallMs: number | undefined): object {
  return { expires_at_ms: expiresAtWallMs }
}
