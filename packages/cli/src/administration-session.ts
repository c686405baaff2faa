/**
 * Opens the administration that one command works with, and closes it whatever happens. Commands see the interface
 * alone: where it leads, to the storage or through the admin API of a server, is decided here.
 */
import type {
  Administration,
  Registered,
  RegistryOptions,
  RegistryViolation,
} from '@mintmark/authorization-server'
import type { Invocation } from './command.ts'
import { CommandFailure } from './command-failure.ts'
import { exitCode } from './exit-code.ts'
import {
  type RemoteInvocation,
  remoteAdministration,
  remoteSettings,
} from './remote-administration.ts'
import {
  type StorageAccess,
  type StorageInvocation,
  storageOf,
  storageSettings,
} from './storage-access.ts'

/** What a command does its work with. */
export interface AdministrationSession extends Administration {
  /** The value of a change, or a `CommandFailure` with the registry's own code and explanation. */
  changed<Value>(result: Registered<Value>): Value
}

/** The settings that say where the administration leads. */
export const administrationSettings = [
  ...storageSettings,
  ...remoteSettings,
  'secretEnvironment',
] as const

/** An invocation that has them. */
export type AdministrationInvocation = StorageInvocation &
  RemoteInvocation &
  Invocation<'secretEnvironment'>

/**
 * What was asked for could never be registered: the command line is wrong, not the state of the
 * registry.
 */
const usageViolations: ReadonlySet<RegistryViolation> = new Set([
  'client_id_malformed',
  'resource_id_malformed',
  'scope_malformed',
  'scope_missing',
  'scope_and_grants',
  'lifetime_out_of_range',
  'algorithm_unknown',
  'token_format_unknown',
  'authentication_method_unknown',
  'authentication_method_missing',
  'setting_unknown',
  'setting_malformed',
  'label_malformed',
  'address_malformed',
  'quota_malformed',
  'policy_unknown',
  'federated_identity_malformed',
  'federated_identity_too_broad',
  'certificate_malformed',
  'expiry_malformed',
])

/**
 * Runs `use` on the administration that the settings of `invocation` lead to. Works beside running
 * servers.
 *
 * @throws CommandFailure `data_folder_missing` when there is none and `createsFolder` is false; a
 *   `StorageError` passes through.
 */
export async function withAdministration<Result>(
  invocation: AdministrationInvocation,
  use: (session: AdministrationSession) => Promise<Result>,
  access: StorageAccess = { createsFolder: false },
): Promise<Result> {
  return await withOpened(await administrationOf(invocation, access), use)
}

/** The same, always on the storage itself: for what needs more than a token. */
export async function withLocalAdministration<Result>(
  invocation: StorageInvocation,
  use: (session: AdministrationSession) => Promise<Result>,
  access: StorageAccess,
): Promise<Result> {
  return await withOpened(await localAdministration(invocation, access, {}), use)
}

async function administrationOf(
  invocation: AdministrationInvocation,
  access: StorageAccess,
): Promise<Administration> {
  const url = invocation.settings.value('admin')
  if (url !== undefined) return await remoteAdministration(invocation, url)
  const { settings } = invocation
  return await localAdministration(invocation, access, {
    issuer: settings.value('issuer'),
    secretEnvironment: settings.value('secretEnvironment'),
  })
}

async function withOpened<Result>(
  administration: Administration,
  use: (session: AdministrationSession) => Promise<Result>,
): Promise<Result> {
  const { describeRegistryViolation } = await import('@mintmark/authorization-server')
  const changed = <Value>(result: Registered<Value>): Value => {
    if (result.ok) return result.value
    const { violation, subject } = result
    throw new CommandFailure(
      violation,
      describeRegistryViolation(violation, subject),
      usageViolations.has(violation) ? exitCode.usage : exitCode.failure,
    )
  }
  try {
    return await use({ ...administration, changed })
  } finally {
    await administration.close()
  }
}

async function localAdministration(
  invocation: StorageInvocation,
  access: StorageAccess,
  more: Pick<RegistryOptions, 'secretEnvironment'> & { readonly issuer?: string | undefined },
): Promise<Administration> {
  const storage = await storageOf(invocation, access)
  const { openAdministration } = await import('@mintmark/authorization-server')
  const { clock, random, operator } = invocation.edge
  const actor = { actor: `operator:${operator}`, via: 'command' } as const
  return await openAdministration({ storage, clock, random, actor, ...more })
}
