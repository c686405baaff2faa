/**
 * Turns what commander found wrong with a command line into one line of ours.
 *
 * Commander repeats what was typed. A secret or a token pasted in the wrong place must not end up
 * in a log that way, so only what looks like the name of a flag or command is repeated.
 */
import { type CommandFailure, usageFailure } from './command-failure.ts'

/** The two members of commander's error that are read; `code` is documented and stable. */
export interface CommanderComplaint {
  readonly code: string
  readonly message: string
}

const flagName = /^(?:-[a-zA-Z]|--[a-z][a-z-]{0,30})$/
const commandName = /^[a-z][a-z-]{0,30}$/

/**
 * Describes a complaint.
 *
 * @param commandLine - The command as far as it was recognised, `mintmark client create`.
 */
export function usageError(complaint: CommanderComplaint, commandLine: string): CommandFailure {
  return usageFailure(
    'command_line_malformed',
    `${sentence(complaint, commandLine)}; see ${commandLine} --help`,
  )
}

function sentence({ code, message }: CommanderComplaint, commandLine: string): string {
  const named = /'([^']*)'/.exec(message)?.[1] ?? ''
  switch (code) {
    case 'commander.unknownOption':
      return `unknown flag${shown(named.split('=', 1)[0] ?? '', flagName)}${suggestion(message)}`
    case 'commander.unknownCommand':
      return `unknown command${shown(named, commandName)}${suggestion(message)}`
    case 'commander.excessArguments':
      return `too many arguments for ${commandLine}`
    case 'commander.missingArgument':
      return `the argument <${named}> is missing`
    case 'commander.optionMissingArgument':
      return `the flag ${named} needs a value`
    default:
      return 'the command line cannot be understood'
  }
}

function shown(name: string, harmless: RegExp): string {
  return harmless.test(name) ? ` ${name}` : ''
}

/** Commander's candidates are our own names; they are safe to repeat. */
function suggestion(message: string): string {
  const question = /\((Did you mean [^)]*\?)\)/.exec(message)?.[1]
  return question === undefined ? '' : ` (${question.charAt(0).toLowerCase()}${question.slice(1)})`
}
