/**
 * The one error a command throws on purpose: a line for the operator, a code for scripts, and the
 * exit code.
 *
 * The line says what is wrong, where, and what to do about it. It is built from our own words and
 * from names the operator gave (flags, paths, identifiers); it never carries a secret, a token or
 * text from the network.
 */
import { type ExitCode, exitCode } from './exit-code.ts'

/** A command cannot do what was asked. `code` is stable; `message` is one line and may change. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly code: string
  readonly exitCode: ExitCode

  constructor(code: string, message: string, exit: ExitCode) {
    super(message)
    this.code = code
    this.exitCode = exit
  }
}

/** The world refused: exit code 1. */
export function failure(code: string, message: string): CommandFailure {
  return new CommandFailure(code, message, exitCode.failure)
}

/** The command line, the environment or the configuration file is wrong: exit code 2. */
export function usageFailure(code: string, message: string): CommandFailure {
  return new CommandFailure(code, message, exitCode.usage)
}
