/**
 * Reads a command line: which command, its argument, its flags as texts. Commander does the
 * grammar, the help and the suggestions; it never sees the environment, runs nothing and writes
 * nothing.
 */
import { Argument, Command as Commander, CommanderError, Option } from 'commander'
import type { Command } from './command.ts'
import { commandList, groupSummaries } from './command-list.ts'
import { exitCodeHelp, settingsHelp } from './help-text.ts'
import type { Setting } from './setting.ts'
import { flagOf, type SettingName, settings, variableOf } from './settings.ts'
import { usageError } from './usage-error.ts'

/** What a command line asks for. */
export type CommandLine =
  | { readonly asks: 'version' }
  /**
   * `requested` is false when the line stopped short of a command, and the help says how to go on.
   */
  | { readonly asks: 'help'; readonly requested: boolean; readonly text: string }
  | {
      readonly asks: 'command'
      readonly command: Command
      readonly argument: string | undefined
      readonly flags: ReadonlyMap<SettingName, readonly string[]>
    }

/**
 * Reads `argv` (without the program's own name).
 *
 * @throws CommandFailure `command_line_malformed` (usage) for unknown commands and flags, missing
 *   values, and arguments too many or too few. Values of flags are not judged here.
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  let help = ''
  let chosen: CommandLine | undefined
  const program = programWith({
    write: (text) => {
      help += text
    },
    choose: (command) => {
      chosen = command
    },
  })
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return answerInstead(error, help)
  }
  return chosen ?? { asks: 'help', requested: false, text: program.helpInformation() }
}

/** Commander ends a parse that leads to help or to the version by throwing, too. */
function answerInstead(error: CommanderError, help: string): CommandLine {
  if (error.code === 'commander.version') return { asks: 'version' }
  return {
    asks: 'help',
    requested: error.code === 'commander.helpDisplayed' || error.exitCode === 0,
    text: help,
  }
}

/** Where a parse leaves its results. */
interface Results {
  /** Takes help, wherever commander would print it. */
  write(text: string): void
  choose(chosen: CommandLine): void
}

function programWith({ write, choose }: Results): Commander {
  const program = withErrorsOf(new Commander('mintmark'))
  program
    // Before any command is added: they copy it.
    .configureOutput({ writeOut: write, writeErr: write, outputError: () => undefined })
    .description('Machine-to-machine OAuth 2.0, end to end.')
    .version('0', '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', settingsHelp + exitCodeHelp)
  const groups = new Map<string, Commander>()
  for (const command of commandList) {
    const [first, second] = command.path
    if (second === undefined) addCommand(program, first, command, choose)
    else addCommand(groupOf(first, program, groups), second, command, choose)
  }
  return program
}

function groupOf(name: string, program: Commander, groups: Map<string, Commander>): Commander {
  const known = groups.get(name)
  if (known !== undefined) return known
  const group = withErrorsOf(program.command(name))
  group.description(groupSummaries.get(name) ?? '')
  groups.set(name, group)
  return group
}

function addCommand(
  parent: Commander,
  name: string,
  command: Command,
  choose: Results['choose'],
): void {
  const leaf = withErrorsOf(parent.command(name))
  leaf.description(command.summary)
  if (command.argument !== undefined) {
    const { name: placeholder, description, optional } = command.argument
    leaf.addArgument(new Argument(optional ? `[${placeholder}]` : `<${placeholder}>`, description))
  }
  for (const setting of [...command.settings, 'json', 'config'] as const) {
    leaf.addOption(optionFor(setting))
  }
  leaf.addHelpText(
    'after',
    `\nExamples:\n${command.examples.map((line) => `  $ ${line}\n`).join('')}`,
  )
  leaf.action(() => {
    choose({ asks: 'command', command, argument: leaf.args[0], flags: flagsOf(leaf) })
  })
}

/**
 * Makes complaints about `commander` our own, with the command line as far as it was understood.
 */
function withErrorsOf(commander: Commander): Commander {
  return commander.exitOverride((error) => {
    if (error.exitCode === 0 || error.code === 'commander.help') throw error
    throw usageError(error, fullName(commander))
  })
}

function fullName(commander: Commander): string {
  return commander.parent === null
    ? commander.name()
    : `${fullName(commander.parent)} ${commander.name()}`
}

const options = new Map<SettingName, Option>()

/** The same for every command: most settings are of dozens of them, and commander leaves options as they are. */
function optionFor(name: SettingName): Option {
  const option = options.get(name) ?? madeOption(name)
  options.set(name, option)
  return option
}

function madeOption(name: SettingName): Option {
  const { kind, description, fallback, short }: Setting<unknown> = settings[name]
  const flags = [short === undefined ? '' : `-${short}, `, flagOf(name)].join('')
  const option = new Option(
    kind.placeholder === undefined ? flags : `${flags} ${kind.placeholder}`,
    `${description} [${variableOf(name)}${defaultText(fallback)}]`,
  )
  // Collected as given: whether the last one counts or all of them is for the setting's kind to
  // say.
  if (kind.placeholder !== undefined) {
    option.argParser((value: string, earlier: readonly string[] | undefined) => [
      ...(earlier ?? []),
      value,
    ])
  }
  return option
}

function defaultText(fallback: unknown): string {
  return typeof fallback === 'string' || typeof fallback === 'number' ? `, default ${fallback}` : ''
}

/**
 * The option values by setting. Only declared options can be among the keys, and no option has a
 * default.
 */
function flagsOf(leaf: Commander): ReadonlyMap<SettingName, readonly string[]> {
  const flags = new Map<SettingName, readonly string[]>()
  for (const [key, value] of Object.entries(leaf.opts())) {
    flags.set(key as SettingName, value === true ? ['true'] : value)
  }
  return flags
}
