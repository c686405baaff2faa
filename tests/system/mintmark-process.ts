/**
 * The command line as a real process: `bin/mintmark.js` on the Node that runs the tests, in a
 * folder of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

export const launcher = fileURLToPath(
  new URL('../../packages/cli/bin/mintmark.js', import.meta.url),
)

export interface ProcessScript {
  readonly variables?: Readonly<Record<string, string>>
  readonly input?: string
  /** Arguments of Node itself, before the launcher's path. */
  readonly nodeArguments?: readonly string[]
  /** What to start instead of the launcher. */
  readonly program?: string
}

export interface ProcessResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly notices: string
}

/** A process that serves, and what its ready line said. */
export interface ServingProcess {
  readonly origin: string
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly adminOrigin: string | null
  /** The whole ready line. */
  readonly document: Readonly<Record<string, unknown>>
  readonly child: ChildProcess
  /** Asks it to stop and waits until it has. */
  stop(signal?: NodeJS.Signals): Promise<ProcessResult>
}

/** A fresh working folder, removed when the test ends, and processes that start in it. */
export interface WorkingFolder {
  readonly path: string
  write(name: string, content: string): void
  run(argv: readonly string[], script?: ProcessScript): Promise<ProcessResult>
  /** Runs a command with `--json` that must succeed, and returns its document. */
  document(argv: readonly string[], script?: ProcessScript): Promise<Record<string, unknown>>
  /**
   * Starts `mintmark serve --json --port 0` with more arguments; it is stopped when the test ends.
   */
  serve(argv?: readonly string[], script?: ProcessScript): Promise<ServingProcess>
  /** The same with `mintmark guard`. */
  guard(argv: readonly string[], script?: ProcessScript): Promise<ServingProcess>
}

/** Makes a working folder for one test. */
export function workingFolder(test: TestContext): WorkingFolder {
  const path = mkdtempSync(join(tmpdir(), 'mintmark-system-'))
  const served: ChildProcess[] = []
  // The processes first: one that still writes puts files into the folder that is being removed.
  test.after(async () => {
    await Promise.all(served.map(killed))
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  })
  const start = (argv: readonly string[], script: ProcessScript) => startProcess(path, argv, script)
  const serving = async (argv: readonly string[], script: ProcessScript) => {
    const started = start([...argv, '--json'], script)
    served.push(started.child)
    return await servingProcess(started)
  }
  return {
    path,
    write: (name, content) => writeFileSync(join(path, name), content),
    run: (argv, script = {}) => start(argv, script).ended,
    document: async (argv, script = {}) => {
      const { exitCode, output, notices } = await start([...argv, '--json'], script).ended
      if (exitCode !== 0) throw new Error(`${argv.slice(0, 2).join(' ')} failed: ${notices}`)
      return JSON.parse(output)
    },
    serve: (argv = [], script = {}) => serving(['serve', '--port', '0', ...argv], script),
    guard: (argv, script = {}) => serving(['guard', '--port', '0', ...argv], script),
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

interface StartedProcess {
  readonly child: ChildProcess
  readonly ended: Promise<ProcessResult>
  /** The first line on standard output, or what there was when the process ended. */
  readonly firstLine: Promise<string>
}

function startProcess(
  cwd: string,
  argv: readonly string[],
  { variables = {}, input = '', nodeArguments = [], program = launcher }: ProcessScript,
): StartedProcess {
  const child = spawn(process.execPath, [...nodeArguments, program, ...argv], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  let notices = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    notices += chunk
  })
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.includes('\n')) resolve(output)
    })
    child.stdout.on('end', () => resolve(output))
  })
  // A process that does not read its input closes it; that is no concern of the test.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const ended = once(child, 'close').then(([exitCode, signal]) => ({
    exitCode,
    signal,
    output,
    notices,
  }))
  return { child, ended, firstLine }
}

async function servingProcess({
  child,
  ended,
  firstLine,
}: StartedProcess): Promise<ServingProcess> {
  const line = await firstLine
  if (line === '') throw new Error(`the process ended: ${(await ended).notices}`)
  const ready = JSON.parse(line)
  return {
    origin: ready.origin,
    issuer: ready.issuer,
    tokenEndpoint: ready.token_endpoint,
    adminOrigin: ready.admin_origin,
    document: ready,
    child,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      return await ended
    },
  }
}
