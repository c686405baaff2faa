/**
 * What a command is. `program.ts` turns these descriptions into flags and help; `command-list.ts`
 * lists them.
 *
 * A command imports what it needs from the big packages inside `run`, so that `mintmark --version`,
 * help and usage errors do not wait for them.
 */
import type { ExitCode } from './exit-code.ts'
import type { Output } from './output.ts'
import type { ProcessEdge } from './process-edge.ts'
import type { ResolvedSettings } from './resolve-settings.ts'
import type { SettingName } from './settings.ts'

/** The one value a command takes without a flag. */
export interface CommandArgument {
  readonly name: string
  readonly description: string
  readonly optional: boolean
}

/** One call of a command: its settings, its argument, and the ports it works through. */
export interface Invocation<Name extends SettingName = SettingName> {
  readonly settings: ResolvedSettings<Name>
  readonly argument: string | undefined
  readonly edge: ProcessEdge
  readonly output: Output
}

/** A command: what it is called, what it reads, what it does. */
export interface Command<Name extends SettingName = SettingName> {
  /** `['token']`, or a group and a verb: `['client', 'create']`. */
  readonly path: readonly [string] | readonly [string, string]
  readonly summary: string
  readonly argument?: CommandArgument
  /** The settings it reads besides `config` and `json`, which every command has. */
  readonly settings: readonly Name[]
  /** Command lines for the help, at least one. */
  readonly examples: readonly string[]
  /**
   * Does it. A failure is thrown as `CommandFailure` or as one of the errors that `failure.ts`
   * knows.
   */
  run(invocation: Invocation<Name>): Promise<ExitCode>
}

/** Gives a command literal its type: `run` sees exactly the settings that `settings` names. */
export function defineCommand<const Name extends SettingName>(
  command: Command<Name>,
): Command<Name> {
  return command
}
