/** Opens the registry in the data folder for one command, and closes it whatever happens. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type {
  KeyAdministration,
  Registered,
  Registry,
  RegistryViolation,
  Storage,
} from '@mintmark/authorization-server'
import type { Invocation } from './command.ts'
import { CommandFailure, failure } from './command-failure.ts'
import { exitCode } from './exit-code.ts'

/** What a command does with an open registry. */
export interface RegistrySession {
  readonly registry: Registry
  /** The value of a change, or a `CommandFailure` with the registry's own code and explanation. */
  changed<Value>(result: Registered<Value>): Value
}

/** How a command opens the registry. */
export interface RegistryAccess {
  /**
   * Whether the command may start a new data folder, or must find one: a mistyped path is not an
   * empty registry.
   */
  readonly createsFolder: boolean
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
 * Runs `use` on the registry in the `data` folder of `invocation`. Works beside running servers.
 *
 * @throws CommandFailure `data_folder_missing` when there is none and `createsFolder` is false; a
 *   `StorageError` passes through.
 */
export async function withRegistry<Result>(
  invocation: Invocation<'data'>,
  access: RegistryAccess,
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

/** Runs `use` on the signing keys in the `data` folder, which has to be there. */
export async function withKeys<Result>(
  invocation: Invocation<'data'>,
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

async function storageOf(
  { settings, edge }: Invocation<'data'>,
  { createsFolder }: RegistryAccess,
): Promise<Storage> {
  const data = settings.value('data')
  const folder = resolve(edge.workingFolder, data)
  if (!createsFolder && !existsSync(folder)) throw folderMissing(data)
  const { sqlite } = await import('@mintmark/authorization-server')
  return sqlite(folder, { random: edge.random })
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

function folderMissing(data: string): CommandFailure {
  return failure(
    'data_folder_missing',
    `the data folder ${data} does not exist; correct --data, or create a resource there first`,
  )
}
