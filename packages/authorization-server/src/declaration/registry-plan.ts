/**
 * From what is declared and what is stored to the changes between them: decided on one consistent read, line by line.
 *
 * Invariants
 *  (1) A plan that was carried out leaves an empty plan behind.
 *  (2) After it, no client is granted a scope that no resource owns.
 *  (3) Nobody is locked out by what a declaration is silent about: resources of this server itself, such as its admin
 *      API, and the clients that may use one stay, whatever is pruned.
 */

import { type ClientPatch, checkClientDraft, checkClientPatch } from '../registry/client-draft.ts'
import { endOfTokens } from '../registry/client-operations.ts'
import type { ClientSettings } from '../registry/client-settings.ts'
import { isoText } from '../registry/client-view.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import { plainResourceSettings, type Resource } from '../registry/resource.ts'
import { checkResourceDraft, checkResourcePatch } from '../registry/resource-draft.ts'
import type { ClientRecord } from '../storage/records.ts'
import type { RegistryPart } from '../storage/storage.ts'
import type { ClientWithoutSecrets, StoredChange } from '../storage/stored-change.ts'
import type { DeclaredClient, DeclaredRegistry, PlanStep } from './declared-registry.ts'
import { type DeclaredSecretWorld, secretDifference } from './declared-secrets.ts'
import { clientDifferences, resourceDifferences } from './registry-differences.ts'

/** What is to be done about one thing. */
export interface PlannedStep extends PlanStep {
  readonly changes: readonly StoredChange[]
}

/** What is to be done, in an order in which it can be. */
export interface PlannedSteps {
  readonly steps: readonly PlannedStep[]
  readonly drift: readonly string[]
}

/** How the declaration is meant, and what plans are made with. */
export interface PlanWorld extends DeclaredSecretWorld {
  readonly mode: 'replace' | 'merge'
  readonly prune: boolean
}

/** Plans how the registry becomes as declared. */
export function planRegistry(
  declared: DeclaredRegistry,
  stored: RegistryPart,
  world: PlanWorld,
): Registered<PlannedSteps> {
  const repeated = firstRepeated(declared)
  if (repeated !== undefined) return notRegistered('declared_twice', repeated)
  const resources = planResources(declared, stored, world)
  if (!resources.ok) return resources
  const clients = planClients(declared, stored, resources.value.after, world)
  if (!clients.ok) return clients
  const orphan = orphanOf(clients.value.after, resources.value.after)
  if (orphan !== undefined) return notRegistered('scope_in_use', orphan)
  const deletions = resources.value.steps.filter((step) => step.action === 'delete')
  const others = resources.value.steps.filter((step) => step.action !== 'delete')
  const steps = [...others, ...clients.value.steps, ...deletions]
  return registered({ steps, drift: clients.value.drift })
}

function firstRepeated({ resources, clients }: DeclaredRegistry): string | undefined {
  for (const ids of [resources.map((one) => one.id), clients.map((one) => one.id)]) {
    const seen = new Set<string>()
    for (const id of ids) {
      if (seen.has(id)) return id
      seen.add(id)
    }
  }
  return undefined
}

interface PlannedResources {
  readonly steps: readonly PlannedStep[]
  readonly after: readonly Resource[]
}

function planResources(
  declared: DeclaredRegistry,
  stored: RegistryPart,
  world: PlanWorld,
): Registered<PlannedResources> {
  const steps: PlannedStep[] = []
  const after = new Map(stored.resources.map((resource) => [resource.id, resource]))
  for (const draft of declared.resources) {
    const known = after.get(draft.id)
    const wanted = wantedResource(draft, known, world)
    if (!wanted.ok) return wanted
    const resource = wanted.value
    after.set(draft.id, resource)
    const { id } = resource
    if (known === undefined) {
      const changes: StoredChange[] = [{ type: 'resource_created', resource }]
      steps.push({ action: 'create', kind: 'resource', id, details: [], changes })
      continue
    }
    const details = resourceDifferences(known, resource)
    if (details.length === 0) continue
    const changes: StoredChange[] = [{ type: 'resource_updated', resource }]
    steps.push({ action: 'update', kind: 'resource', id, details, changes })
  }
  const ids = new Set(declared.resources.map((resource) => resource.id))
  for (const { id } of world.prune ? stored.resources : []) {
    if (ids.has(id) || isOurs(id)) continue
    after.delete(id)
    const changes: StoredChange[] = [{ type: 'resource_deleted', id }]
    steps.push({ action: 'delete', kind: 'resource', id, details: [], changes })
  }
  return registered({ steps, after: [...after.values()] })
}

function wantedResource(
  draft: DeclaredRegistry['resources'][number],
  known: Resource | undefined,
  { mode, clock }: PlanWorld,
): Registered<Resource> {
  const createdAt = known?.createdAt ?? isoText(clock.wallMs())
  if (known === undefined || mode === 'replace') return checkResourceDraft(draft, createdAt)
  const { id: _, scope, ...patch } = draft
  const added = scope.split(' ').filter((token) => token !== '' && !known.scopes.has(token))
  return checkResourcePatch(known, {
    ...patch,
    settings: { ...plainResourceSettings, ...known.settings, ...draft.settings },
    scope: [...known.scopes.tokens, ...added].join(' '),
  })
}

interface PlannedClients {
  readonly steps: readonly PlannedStep[]
  readonly after: readonly Pick<ClientRecord, 'id' | 'grants' | 'servesResources'>[]
  readonly drift: readonly string[]
}

function planClients(
  declared: DeclaredRegistry,
  stored: RegistryPart,
  resources: readonly Resource[],
  world: PlanWorld,
): Registered<PlannedClients> {
  const steps: PlannedStep[] = []
  const drift: string[] = []
  const after = new Map<string, PlannedClients['after'][number]>(
    stored.clients.map((client) => [client.id, client]),
  )
  const known = new Map(stored.clients.map((client) => [client.id, client]))
  for (const draft of declared.clients) {
    const record = known.get(draft.id)
    const planned =
      record === undefined
        ? createdClient(draft, resources, world)
        : updatedClient(draft, record, resources, world)
    if (!planned.ok) return planned
    after.set(draft.id, planned.value.client)
    drift.push(...planned.value.drift)
    if (planned.value.step !== undefined) steps.push(planned.value.step)
  }
  const ids = new Set(declared.clients.map((client) => client.id))
  for (const { id, grants } of stored.clients) {
    if (ids.has(id)) continue
    if (!world.prune || grants.some(({ resource }) => isOurs(resource))) {
      drift.push(`client ${id} is registered here only`)
      continue
    }
    after.delete(id)
    const changes: StoredChange[] = [{ type: 'client_deleted', id }, endOfTokens(id, world)]
    steps.push({ action: 'delete', kind: 'client', id, details: [], changes })
  }
  return registered({ steps, after: [...after.values()], drift })
}

/** Of this server itself: `urn:mintmark:admin` is what tokens for its admin API are for. */
function isOurs(resource: string): boolean {
  return resource.startsWith('urn:mintmark:')
}

interface PlannedClient {
  readonly client: PlannedClients['after'][number]
  readonly step: PlannedStep | undefined
  readonly drift: readonly string[]
}

function createdClient(
  draft: DeclaredClient,
  resources: readonly Resource[],
  world: PlanWorld,
): Registered<PlannedClient> {
  const checked = checkClientDraft(draft, resources)
  if (!checked.ok) return checked
  const bare: ClientRecord = {
    ...{ id: draft.id, disabled: draft.disabled ?? false, ...checked.value },
    ...{ secrets: [], createdAtWallMs: world.clock.wallMs() },
  }
  const difference = secretDifference(bare, draft.secrets ?? [], false, world)
  if (!difference.ok) return difference
  const client = { ...bare, secrets: difference.value.secrets }
  const changes: StoredChange[] = [{ type: 'client_created', client }]
  const step = { action: 'create', kind: 'client', id: draft.id, details: [], changes } as const
  return registered({ client, step, drift: [] })
}

function updatedClient(
  draft: DeclaredClient,
  record: ClientRecord,
  resources: readonly Resource[],
  world: PlanWorld,
): Registered<PlannedClient> {
  const { id } = draft
  const { settings, secrets: _, ...stored } = record
  if (settings === undefined) return notRegistered('client_not_understood', id)
  const wanted = wantedClient(draft, { ...record, settings }, resources, world)
  if (!wanted.ok) return wanted
  const client = wanted.value
  const secrets =
    draft.secrets === undefined
      ? registered({ changes: [], details: [], drift: [] })
      : secretDifference({ ...record, ...client }, draft.secrets, world.prune, world)
  if (!secrets.ok) return secrets
  const differences = clientDifferences({ ...stored, settings }, client)
  const details = [...differences, ...secrets.value.details]
  const drift = [...secrets.value.drift]
  if (draft.disabled === false && record.disabled && client.disabled) {
    drift.push(`client ${id} is disabled here and stays so`)
  }
  const changes: StoredChange[] = [
    ...(differences.length > 0 ? [{ type: 'client_updated', client } as const] : []),
    ...(client.disabled && !record.disabled ? [endOfTokens(id, world)] : []),
    ...secrets.value.changes,
  ]
  const step = { action: 'update', kind: 'client', id, details, changes } as const
  return registered({ client, step: details.length > 0 ? step : undefined, drift })
}

function wantedClient(
  draft: DeclaredClient,
  record: ClientRecord & { readonly settings: ClientSettings },
  resources: readonly Resource[],
  { mode }: PlanWorld,
): Registered<ClientWithoutSecrets> {
  const { id, disabled, secrets: _, ...members } = draft
  const { secrets: __, ...kept } = record
  if (mode === 'merge') {
    const patch: ClientPatch = members
    const merged = checkClientPatch(record, patch, resources)
    return merged.ok
      ? registered({ ...merged.value, disabled: record.disabled || disabled === true })
      : merged
  }
  const checked = checkClientDraft({ id, ...members }, resources)
  if (!checked.ok) return checked
  return registered({ ...kept, ...checked.value, disabled: disabled ?? false })
}

/** A scope or resource that some client would have and nobody own. */
function orphanOf(
  clients: PlannedClients['after'],
  resources: readonly Resource[],
): string | undefined {
  const owned = new Map(resources.map((resource) => [resource.id, resource.scopes]))
  for (const { grants, servesResources } of clients) {
    for (const { resource, scopes } of grants) {
      const there = owned.get(resource)
      const orphan = there === undefined ? resource : scopes.tokens.find((one) => !there.has(one))
      if (orphan !== undefined) return orphan
    }
    const orphan = servesResources.find((id) => !owned.has(id))
    if (orphan !== undefined) return orphan
  }
  return undefined
}
