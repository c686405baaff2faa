/** A client secret in words and as a JSON document: by its public name, never as it is. */
import type {
  ClientSecretSummary,
  RetirementVerdict,
  SecretReport,
} from '@mintmark/authorization-server'

/** What is known of a secret, for a table. */
export function secretRow(secret: SecretReport): readonly string[] {
  const { id, label, state, createdAt, expiresAt, lastUse, retirement } = secret
  const used = lastUse === undefined ? 'never' : `${hourText(lastUse.hour)} from ${lastUse.network}`
  return [
    ...[id, label ?? '', state, dayText(createdAt), expiresAt === undefined ? '' : expiresAt],
    ...[used, state === 'active' ? retirementText(retirement) : ''],
  ]
}

/** A secret as `--json` shows it. */
export function secretDocument(secret: ClientSecretSummary): Readonly<Record<string, unknown>> {
  return {
    secret_id: secret.id,
    label: secret.label ?? null,
    state: secret.state,
    created_at: secret.createdAt,
    expires_at: secret.expiresAt ?? null,
    retired_at: secret.retiredAt ?? null,
    hash: secret.hash,
  }
}

/** The same with its last use and the verdict on it. */
export function secretReportDocument(secret: SecretReport): Readonly<Record<string, unknown>> {
  const { lastUse, retirement } = secret
  return {
    ...secretDocument(secret),
    last_use: lastUse ?? null,
    retirement: retirement.safe
      ? { safe: true, unused_since: retirement.unusedSince ?? null }
      : { safe: false, reason: retirement.reason, safe_from: retirement.safeFrom ?? null },
  }
}

function retirementText(verdict: RetirementVerdict): string {
  if (verdict.safe) return 'yes'
  const from = verdict.safeFrom === undefined ? '' : `, earliest ${verdict.safeFrom}`
  return `no: ${reasons[verdict.reason]}${from}`
}

const reasons: Readonly<
  Record<Extract<RetirementVerdict, { readonly safe: false }>['reason'], string>
> = {
  used: 'in use',
  unused_too_briefly: 'too new to tell',
  node_silent: 'a node has not reported',
  unobserved: 'no server was there to see',
}

function dayText(instant: string): string {
  return instant.slice(0, 10)
}

function hourText(instant: string): string {
  return `${instant.slice(0, 13)}h`
}
