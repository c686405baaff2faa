/** What is known about the use of a client's secrets, and what follows for each. */
import { retirementLifetimes, tokenLifetimeSecondsDefault } from '../limits.ts'
import type { ClientRecord, NodeReport, SecretRecord, SecretUsage } from '../storage/records.ts'
import type { StorageSession } from '../storage/storage.ts'
import type { ClientSecretSummary } from './client.ts'
import { isoText, secretSummary } from './client-view.ts'
import type { Resource } from './resource.ts'
import { type RetirementVerdict, retirementVerdict } from './secret-retirement.ts'

/** When and from where a secret was last used, coarsely. */
export interface SecretLastUse {
  /** Start of that hour, ISO 8601. */
  readonly hour: string
  /** An IPv4 /24 or IPv6 /48 that it was used from in that hour. */
  readonly network: string
}

/** A secret with what is known about its use. */
export interface SecretReport extends ClientSecretSummary {
  readonly lastUse: SecretLastUse | undefined
  readonly retirement: RetirementVerdict
}

/** What the nodes reported about a client's secrets. */
export interface UsageEvidence {
  readonly usage: readonly SecretUsage[]
  readonly nodes: readonly NodeReport[]
  readonly lifetimeSeconds: number
}

/** A secret with its last use and the verdict on it. */
export function secretReport(
  secret: SecretRecord,
  { usage, nodes, lifetimeSeconds }: UsageEvidence,
  nowWallMs: number,
): SecretReport {
  const last = usage.find((one) => one.secretId === secret.id)
  const retirement = retirementVerdict({
    ...{ secret, usage: last, nodes, lifetimeSeconds, nowWallMs },
    lifetimes: retirementLifetimes,
  })
  const lastUse = last && { hour: isoText(last.hourWallMs), network: last.network }
  return { ...secretSummary(secret, nowWallMs), lastUse, retirement }
}

/** The longest that a token of `client` lives. */
export function longestLifetimeSeconds(
  { grants, settings }: ClientRecord,
  resources: readonly Resource[],
  defaultSeconds: number,
): number {
  const granted = new Set(grants.map((grant) => grant.resource))
  const lifetimes = resources
    .filter(({ id }) => granted.has(id))
    .map(({ lifetimeSeconds }) => lifetimeSeconds ?? defaultSeconds)
  const longest = lifetimes.length === 0 ? defaultSeconds : Math.max(...lifetimes)
  const shadowed = settings?.shadowed.includes('lifetime') ?? false
  return Math.min(longest, (shadowed ? undefined : settings?.lifetimeSecondsMax) ?? longest)
}

/** Under this name a server says how long its tokens live where the resource does not. */
const DEFAULT_LIFETIME_SETTING = 'default_lifetime_seconds'

/** How long tokens live where the resource does not say, as the last server to start on this storage has it. */
export async function storedDefaultLifetime(session: StorageSession): Promise<number> {
  const text = await session.setting(DEFAULT_LIFETIME_SETTING)
  return text === undefined ? tokenLifetimeSecondsDefault : Number(text)
}

/** Stores how long tokens live where the resource does not say, for verdicts on secrets; only when that is news. */
export async function storeDefaultLifetime(
  session: StorageSession,
  seconds: number,
  atWallMs: number,
): Promise<void> {
  const value = String(seconds)
  if ((await session.setting(DEFAULT_LIFETIME_SETTING)) === value) return
  const change = { type: 'setting_changed', name: DEFAULT_LIFETIME_SETTING, value } as const
  await session.apply([change], { actor: 'node', via: 'node', atWallMs })
}
