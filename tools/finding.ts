/** What a check found, and the one way in which every check in this folder reports and ends. */
import { parseArgs } from 'node:util'

/** A broken rule at one place. `message` says what is wrong and what to do instead. */
export interface Finding {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly rule: string
  readonly message: string
}

/** Looks at the tree below `root` and answers with everything that breaks a rule. `flags` are those that were given. */
export type Check = (root: string, flags: ReadonlySet<string>) => readonly Finding[]

/** `path:line rule: message`, the form in which editors and terminals find the place. */
export function findingText({ path, line, rule, message }: Finding): string {
  return `${path}:${line} ${rule}: ${message}`
}

/**
 * Runs a check from the command line: prints its findings and exits with 1, or one summary line and 0.
 *
 * `--root DIR` looks at another tree than the current folder; any argument that is neither this nor one of `flags`
 * ends the program with 2.
 */
export function runCheck(name: string, check: Check, flags: readonly string[] = []): void {
  const { root, given } = commandLine(flags)
  const findings = check(root, given).map(findingText)
  if (findings.length === 0) {
    console.log(`${name}: nothing found`)
    return
  }
  console.log([...findings, `${name}: ${findings.length} found`].join('\n'))
  process.exitCode = 1
}

function commandLine(flags: readonly string[]): {
  readonly root: string
  readonly given: ReadonlySet<string>
} {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' as const }]))
  try {
    const { values } = parseArgs({ options: { ...options, root: { type: 'string' } } })
    const { root = '.', ...given } = values as { root?: string }
    return { root, given: new Set(Object.keys(given)) }
  } catch (error) {
    console.error(error instanceof Error ? error.message : 'the arguments are not understood')
    process.exit(2)
  }
}
