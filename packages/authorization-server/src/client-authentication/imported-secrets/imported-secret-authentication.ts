/**
 * Authentication by a secret whose hash was imported: tried after every keyed digest has failed, off the event loop.
 *
 * What it costs shows: a client with an imported hash takes longer to refuse than others, until its secret was used
 * once. Nothing short of hashing for everybody would hide that.
 */
import type { BasicCredentials } from '@mintmark/protocol'
import { clientSecretLengthMax, importedSecretsTriedMax } from '../../limits.ts'
import type { RegisteredClient, RegistrySnapshot } from '../../registry/registry-snapshot.ts'
import type { SecretDigester } from '../../registry/secret-digest.ts'
import type { SecretRecord } from '../../storage/records.ts'
import type { ImportedCheck, ImportedSecretChecker } from './imported-secret-checker.ts'
import type { Rehash } from './secret-rehash.ts'

/** An imported secret that a presented one may be. */
export interface ImportedCandidate {
  readonly client: RegisteredClient
  readonly record: SecretRecord
  readonly reading: BasicCredentials
}

/** What imported secrets are judged by. */
export interface ImportedJudge {
  readonly digester: SecretDigester
  readonly importedSecrets: ImportedSecretChecker
  readonly rehash: Rehash
}

/** The imported secrets in use that `readings` may be; empty for nearly everybody. */
export function importedCandidates(
  readings: readonly BasicCredentials[],
  registry: RegistrySnapshot,
  nowWallMs: number,
): readonly ImportedCandidate[] {
  const candidates: ImportedCandidate[] = []
  for (const reading of readings) {
    const client = registry.client(reading.clientId)
    if (client === undefined || reading.clientSecret.reveal().length > clientSecretLengthMax)
      continue
    const live = client.secrets.filter((record) => isImportedAndLive(record, nowWallMs))
    candidates.push(...live.map((record) => ({ client, record, reading })))
  }
  return candidates.slice(0, importedSecretsTriedMax)
}

function isImportedAndLive(
  { verifier, retiredAtWallMs, expiresAtWallMs }: SecretRecord,
  nowWallMs: number,
): boolean {
  if (verifier.kind !== 'imported' || retiredAtWallMs !== undefined) return false
  return expiresAtWallMs === undefined || expiresAtWallMs > nowWallMs
}

/** The first candidate that matches; `undefined` when none does, `'overloaded'` when nobody could find out. */
export async function matchingImport(
  candidates: readonly ImportedCandidate[],
  { importedSecrets, digester }: ImportedJudge,
): Promise<ImportedCandidate | 'overloaded' | undefined> {
  for (const candidate of candidates) {
    const { clientSecret } = candidate.reading
    const digest = Buffer.from(digester.digest(clientSecret)).toString('base64url')
    const check: ImportedCheck = await importedSecrets.check(candidate.record, clientSecret, digest)
    if (check === 'matches') return candidate
    if (check === 'overloaded') return check
  }
  return undefined
}
