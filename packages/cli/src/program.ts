/**
 * One run of the program, from arguments to exit code: read the command line, resolve the settings,
 * run the command, report what went wrong. Every way a run can end passes through here.
 */
import { usageFailure } from './command-failure.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { readConfigurationFile } from './configuration-file.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { describeFailure } from './failure.ts'
import { createOutput } from './output.ts'
import { printableJson } from './printable.ts'
import { OutputClosed, type ProcessEdge } from './process-edge.ts'
import { resolveSettings } from './resolve-settings.ts'
import { variableOf } from './settings.ts'
import { packageVersion } from './version.ts'

/**
 * Runs the command that `argv` (without the program's own name) asks for, and reports its failure
 * on standard error as one line, or with `--json` as one JSON document. Never rejects.
 */
export async function runProgram(argv: readonly string[], edge: ProcessEdge): Promise<ExitCode> {
  try {
    refuseSecretOnCommandLine(argv)
    return await answer(readCommandLine(argv), edge)
  } catch (error) {
    return report(error, edge, wantsJson(argv, edge))
  }
}

/**
 * Reports an error that no command waited for, and ends the process, whose state nobody knows any
 * more.
 */
export function endOnBug(error: unknown, edge: ProcessEdge): void {
  edge.exitAtOnce(report(error, edge, false))
}

async function answer(line: CommandLine, edge: ProcessEdge): Promise<ExitCode> {
  switch (line.asks) {
    case 'version':
      await edge.writeOutput(`${packageVersion()}\n`)
      return exitCode.done
    case 'help':
      if (line.requested) await edge.writeOutput(line.text)
      else edge.writeNotice(line.text)
      return line.requested ? exitCode.done : exitCode.usage
    case 'command':
      return await runCommand(line, edge)
  }
}

async function runCommand(
  { command, argument, flags }: Extract<CommandLine, { asks: 'command' }>,
  edge: ProcessEdge,
): Promise<ExitCode> {
  const { environment } = edge
  const configuration = resolveSettings(['config'], { flags, environment, file: new Map() })
  const file = await readConfigurationFile(configuration.value('config'), edge.workingFolder)
  const names = ['json', ...command.settings] as const
  const settings = resolveSettings(names, { flags, environment, file })
  const json = settings.value('json')
  try {
    return await command.run({ settings, argument, edge, output: createOutput(edge, json) })
  } catch (error) {
    return report(error, edge, json)
  }
}

function report(error: unknown, edge: ProcessEdge, json: boolean): ExitCode {
  // Whoever read our output (`head`, a pager) had enough of it.
  if (error instanceof OutputClosed) return exitCode.done
  const { code, message, exitCode: exit } = describeFailure(error)
  edge.writeNotice(
    json ? `${printableJson({ error: { code, message } })}\n` : `mintmark: ${message}\n`,
  )
  return exit
}

/** Whether an error is to be JSON as long as the settings are not known, which may be what is wrong. */
function wantsJson(argv: readonly string[], { environment }: ProcessEdge): boolean {
  return (
    argv.includes('--json') || ['1', 'true'].includes(environment.get(variableOf('json')) ?? '')
  )
}

/**
 * People try this first, and the secret is then in the shell's history; say why it is wrong, and
 * what is right.
 */
function refuseSecretOnCommandLine(argv: readonly string[]): void {
  if (!argv.some((argument) => /^--(client-?)?secret(=|$)/i.test(argument))) return
  throw usageFailure(
    'secret_on_command_line',
    'a secret on the command line is seen by every process and kept in the shell history; ' +
      'put it in a file for --client-secret-file or --secret-file (- reads standard input), ' +
      'or set MINTMARK_CLIENT_SECRET',
  )
}
