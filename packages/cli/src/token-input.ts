/** The token that a command is about: its argument, or standard input, which shells do not keep. */
import type { Invocation } from './command.ts'
import { type CommandFailure, failure, usageFailure } from './command-failure.ts'
import { tokenInputBytesMax } from './limits.ts'

/** The argument of every command that looks at a token. */
export const tokenArgument = {
  name: 'token',
  description:
    'the token; leave it out, or give -, to pipe it in, which keeps it out of the shell history',
  optional: true,
} as const

/**
 * Reads the token.
 *
 * @throws CommandFailure `token_missing` (usage) or `token_malformed`, which repeat nothing of it.
 */
export async function tokenOf({
  argument,
  edge,
}: Pick<Invocation, 'argument' | 'edge'>): Promise<string> {
  if (argument !== undefined && argument !== '-') return argument.trim()
  if (edge.inputIsTerminal) throw tokenMissing()
  const bytes = await edge.readInput(tokenInputBytesMax)
  if (bytes === undefined) {
    throw failure(
      'token_malformed',
      `standard input exceeds ${tokenInputBytesMax} bytes; no token does`,
    )
  }
  const token = new TextDecoder().decode(bytes).trim()
  if (token === '') throw tokenMissing()
  return token
}

function tokenMissing(): CommandFailure {
  return usageFailure(
    'token_missing',
    'no token; pipe one in: mintmark token ... | mintmark inspect',
  )
}
