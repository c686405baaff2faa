/** Opens the registry for one command, and closes it whatever happens. */
import type {
  KeyAdministration,
  Registered,
  Registry,
  RegistryViolation,
} from '@mintmark/authorization-server'
import { CommandFailure } from './command-failure.ts'
import { exitCode } from './exit-code.ts'
import { type StorageAccess, type StorageInvocation, storageOf } from './storage-access.ts'

/** What a command does with an open registry. */
export interface RegistrySession {
  readonly registry: Registry
  /** The value of a change, or a `CommandFailure` with the registry's own code and explanation. */
  changed<Value>(result: Registered<Value>): Value
}

/**
 * What was asked for could never be registered: the command line is wrong, not the state of the
 * registry.
 */
const usageViolations: ReadonlySet<RegistryViolation> = new Set([
  'client_id_malformed',
  'resource_id_malformed',
  'scope_malformed',
  'scope_missing',
  'lifetime_out_of_range',
  'algorithm_unknown',
  'authentication_method_unknown',
])

/**
 * Runs `use` on the registry of `invocation`'s storage. Works beside running servers.
 *
 * @throws CommandFailure `data_folder_missing` when there is none and `createsFolder` is false; a
 *   `StorageError` passes through.
 */
export async function withRegistry<Result>(
  invocation: StorageInvocation,
  access: StorageAccess,
  use: (session: RegistrySession) => Promise<Result>,
): Promise<Result> {
  const storage = await storageOf(invocation, access)
  const { openRegistry } = await import('@mintmark/authorization-server')
  const { clock, random } = invocation.edge
  const registry = await openRegistry({ storage, clock, random })
  const changed = await changeReader()
  try {
    return await use({ registry, changed })
  } finally {
    await registry.close()
  }
}

/** What a command does with the signing keys. */
export interface KeySession {
  readonly keys: KeyAdministration
  /** As of {@link RegistrySession}. */
  changed<Value>(result: Registered<Value>): Value
}

/** Runs `use` on the signing keys of a storage that has to be there. */
export async function withKeys<Result>(
  invocation: StorageInvocation,
  use: (session: KeySession) => Promise<Result>,
): Promise<Result> {
  const storage = await storageOf(invocation, { createsFolder: false })
  const { openKeyAdministration } = await import('@mintmark/authorization-server')
  const { clock, random } = invocation.edge
  const by = { actor: 'operator', via: 'command' } as const
  const keys = await openKeyAdministration({ storage, clock, random, by })
  const changed = await changeReader()
  try {
    return await use({ keys, changed })
  } finally {
    await keys.close()
  }
}

async function changeReader(): Promise<<Value>(result: Registered<Value>) => Value> {
  const { describeRegistryViolation } = await import('@mintmark/authorization-server')
  return (result) => {
    if (result.ok) return result.value
    const { violation, subject } = result
    throw new CommandFailure(
      violation,
      describeRegistryViolation(violation, subject),
      usageViolations.has(violation) ? exitCode.usage : exitCode.failure,
    )
  }
}
