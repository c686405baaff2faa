/** What an operator may see of a client record: everything but what stands for its secrets. */
import type { ClientRecord, SecretRecord } from '../storage/records.ts'
import type { Client, ClientSecretSummary } from './client.ts'
import { plainClientSettings } from './client-settings.ts'
import { versionOf } from './version.ts'

/** The client as an operator sees it at that instant. */
export function clientView(record: ClientRecord, nowWallMs: number): Client {
  const view = {
    id: record.id,
    disabled: record.disabled,
    authenticationMethods: record.authenticationMethods,
    grants: record.grants,
    secrets: record.secrets.map((secret) => secretSummary(secret, nowWallMs)),
    servesResources: record.servesResources,
    settings: record.settings ?? plainClientSettings,
    createdAt: isoText(record.createdAtWallMs),
  }
  return { ...view, version: versionOf(view) }
}

/** The secret as an operator sees it at that instant. */
export function secretSummary(secret: SecretRecord, nowWallMs: number): ClientSecretSummary {
  const { id, label, verifier, createdAtWallMs, expiresAtWallMs, retiredAtWallMs } = secret
  return {
    ...{ id, label, state: secretState(secret, nowWallMs), createdAt: isoText(createdAtWallMs) },
    expiresAt: expiresAtWallMs === undefined ? undefined : isoText(expiresAtWallMs),
    retiredAt: retiredAtWallMs === undefined ? undefined : isoText(retiredAtWallMs),
    hash: verifier.kind === 'keyed' ? verifier.kind : hashName(verifier.hash),
  }
}

/** Whether a secret is accepted at that instant, or since when it is not. */
export function secretState(secret: SecretRecord, nowWallMs: number): ClientSecretSummary['state'] {
  if (secret.retiredAtWallMs !== undefined) return 'retired'
  const isExpired = secret.expiresAtWallMs !== undefined && secret.expiresAtWallMs <= nowWallMs
  return isExpired ? 'expired' : 'active'
}

/** An instant as operators read and write it. */
export function isoText(wallMs: number): string {
  return new Date(wallMs).toISOString()
}

/** The name of the function between the first two `$`, which is public. */
function hashName(hash: string): string {
  return /^\$([a-z0-9-]{1,32})\$/.exec(hash)?.[1] ?? 'imported'
}
