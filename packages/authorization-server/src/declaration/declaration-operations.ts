/**
 * Declared registries: planned, carried out, and written down.
 *
 * What replaces is made in one transaction. What merges (an import, possibly of ten thousand clients) is made in
 * transactions of `importBatchMax` steps, each whole in itself; interrupted, it goes on where it stopped when it is
 * started again.
 */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { decisionAttemptsMax, importBatchMax } from '../limits.ts'
import { plainClientSettings } from '../registry/client-settings.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import type { RegistryWorld } from '../registry/registry-world.ts'
import type { ClientRecord } from '../storage/records.ts'
import type { DecisionBasis, RegistryPart } from '../storage/storage.ts'
import type {
  DeclarationOptions,
  DeclaredClient,
  DeclaredRegistry,
  RegistryPlan,
} from './declared-registry.ts'
import { createSecretNaming } from './declared-secrets.ts'
import { createExportSealer, type ExportSealer } from './exported-secret.ts'
import {
  type PlannedStep,
  type PlannedSteps,
  type PlanWorld,
  planRegistry,
} from './registry-plan.ts'

/** How a registry is written down. */
export interface ExportOptions {
  /** With what restores the secrets where the same master key is. Default `false`. */
  readonly withSecrets?: boolean | undefined
}

/** Declared registries. */
export interface DeclarationOperations {
  /** Makes the registry as declared, or tells what that would take. Refuses the whole for one mistake. */
  declare(
    declared: DeclaredRegistry,
    options: DeclarationOptions,
  ): Promise<Registered<RegistryPlan>>
  /** The registry as a declaration that changes nothing. Secrets only sealed, and only when asked for. */
  exportRegistry(options?: ExportOptions): Promise<DeclaredRegistry>
}

/** The operations over an open session. `ensureKey` makes sure that there is a signing key of an algorithm. */
export function createDeclarationOperations(
  world: RegistryWorld,
  ensureKey: (algorithm: SignatureAlgorithm) => Promise<void>,
): DeclarationOperations {
  const { session, random } = world
  const exportSealer = createExportSealer(session.masterKey, random)
  const secretIdFor = createSecretNaming(session.masterKey)
  return {
    async declare(declared, { mode, prune = false, planOnly = false }) {
      const planWorld = { ...world, exportSealer, secretIdFor, mode, prune }
      for (let attempt = 0; attempt < decisionAttemptsMax; attempt++) {
        const stored = await session.readRegistry({ kind: 'all' })
        const planned = planRegistry(declared, stored, planWorld)
        if (!planned.ok) return planned
        if (planOnly) return registered(reportOf(planned.value, false))
        for (const algorithm of algorithmsOf(planned.value)) await ensureKey(algorithm)
        if (await carriedOut(planned.value, stored.sequence, planWorld)) {
          return registered(reportOf(planned.value, true))
        }
      }
      return notRegistered('registry_busy', '')
    },
    async exportRegistry({ withSecrets = false } = {}) {
      const stored = await session.readRegistry({ kind: 'all' })
      return declarationOf(stored, withSecrets ? exportSealer : undefined)
    },
  }
}

function reportOf({ steps, drift }: PlannedSteps, applied: boolean): RegistryPlan {
  return { steps: steps.map(({ changes: _, ...step }) => step), drift, applied }
}

function algorithmsOf({ steps }: PlannedSteps): ReadonlySet<SignatureAlgorithm> {
  const changes = steps.flatMap((step) => step.changes)
  return new Set(changes.flatMap((one) => ('resource' in one ? [one.resource.algorithm] : [])))
}

/** Whether all steps were made; `false` when somebody else has changed what they were decided upon. */
async function carriedOut(
  { steps }: PlannedSteps,
  sequence: number,
  { session, clock, actor, changed, mode }: PlanWorld,
): Promise<boolean> {
  const size = mode === 'merge' ? importBatchMax : Math.max(steps.length, 1)
  for (let at = 0; at < steps.length; at += size) {
    const batch = steps.slice(at, at + size)
    const changes = batch.flatMap((step) => step.changes)
    // What this very run has changed before is none of the batch's subjects, apart from the resources.
    const basis = { sequence, subjects: subjectsOf(batch, at === 0) }
    const outcome = await session.apply(changes, { ...actor, atWallMs: clock.wallMs() }, basis)
    if (!outcome.ok) return false
  }
  if (steps.length > 0) await changed()
  return true
}

function subjectsOf(batch: readonly PlannedStep[], isFirst: boolean): DecisionBasis['subjects'] {
  const own = batch.map(({ kind, id }) => ({ kind, id }))
  return isFirst ? [{ kind: 'resource' }, ...own] : own
}

function declarationOf(
  { resources, clients }: RegistryPart,
  sealer: ExportSealer | undefined,
): DeclaredRegistry {
  return {
    resources: resources.map(({ scopes, createdAt: _, ...resource }) => ({
      ...resource,
      scope: scopes.text,
    })),
    clients: clients.map((client) => declaredClient(client, sealer)),
  }
}

function declaredClient(client: ClientRecord, sealer: ExportSealer | undefined): DeclaredClient {
  const { id, disabled, grants, authenticationMethods, servesResources, settings } = client
  return {
    ...{ id, disabled, authenticationMethods, servesResources },
    grants: grants.map(({ resource, scopes, defaultScopes }) => ({
      ...{ resource, scope: scopes.text, defaultScope: defaultScopes?.text },
    })),
    settings: settings ?? plainClientSettings,
    secrets: sealer && client.secrets.flatMap((secret) => declaredSecret(secret, id, sealer)),
  }
}

/** A tombstone is not declared: declaring it would make it a secret again. */
function declaredSecret(
  secret: ClientRecord['secrets'][number],
  clientId: string,
  sealer: ExportSealer,
): NonNullable<DeclaredClient['secrets']> {
  if (secret.retiredAtWallMs !== undefined) return []
  const { label, expiresAtWallMs } = secret
  const expiresAt =
    expiresAtWallMs === undefined ? undefined : new Date(expiresAtWallMs).toISOString()
  const sealed = sealer.seal(secret, clientId)
  return [{ label, expiresAt, value: { kind: 'exported', secretId: secret.id, sealed } }]
}
