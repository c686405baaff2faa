/**
 * The process as a set of ports: streams, environment, signals, time, network. Everything below
 * `main.ts` gets the world from here, so that a whole command runs in a test without a process.
 */
import { availableParallelism, hostname, userInfo } from 'node:os'
import {
  type Clock,
  type RandomSource,
  systemClock,
  systemRandom,
  systemTransport,
  type Transport,
} from '@mintmark/runtime'
import type { ExitCode } from './exit-code.ts'
import { operatorLengthMax } from './limits.ts'
import type { WorkerProcesses } from './workers/worker-processes.ts'

/** Everything a command may touch outside itself, but for files. */
export interface ProcessEdge {
  readonly clock: Clock
  readonly random: RandomSource
  readonly transport: Transport
  /** The variables whose names start with `MINTMARK_`; the others are nobody's business here. */
  readonly environment: ReadonlyMap<string, string>
  /** Who runs this, as `account@host`: printable ASCII, for the audit trail. */
  readonly operator: string
  /** Absolute path that relative paths on the command line start from. */
  readonly workingFolder: string
  /** Writes to standard output; rejects with {@link OutputClosed} when the reader has gone. */
  writeOutput(chunk: string | Uint8Array): Promise<void>
  /** Writes to standard error; what nobody reads is dropped. */
  writeNotice(text: string): void
  /**
   * True when standard input is a keyboard, so that waiting for its end would look like hanging.
   */
  readonly inputIsTerminal: boolean
  /** Reads standard input to its end; `undefined` as soon as it exceeds `bytesMax`. */
  readInput(bytesMax: number): Promise<Uint8Array | undefined>
  /**
   * Calls `listener` at each SIGINT and SIGTERM instead of ending the process; returns how to stop
   * that.
   */
  onStopSignal(listener: () => void): () => void
  /** The same for SIGHUP, which asks a node to replace its workers. */
  onRestartSignal(listener: () => void): () => void
  /** How many processes this machine can run at the same time. */
  readonly processors: number
  /** Other processes of this program: those that it starts, and the one that started it. */
  processes(): Promise<WorkerProcesses>
  /** Ends the process now, whatever is still running. */
  exitAtOnce(code: ExitCode): void
}

/**
 * Whoever read our standard output has closed it (`mintmark client list | head -1`): nothing is
 * left to do.
 */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}

const variablePrefix = 'MINTMARK_'

/** The edge of a real Node process. */
export function processEdge(host: NodeJS.Process): ProcessEdge {
  // A closed pipe is also reported as an event, which would end the process with a stack trace.
  host.stdout.on('error', () => undefined)
  host.stderr.on('error', () => undefined)
  return {
    clock: systemClock,
    random: systemRandom,
    transport: systemTransport,
    environment: ownVariables(host.env),
    operator: operatorName(host),
    workingFolder: host.cwd(),
    writeOutput: (chunk) => written(host.stdout, chunk),
    writeNotice: (text) => void host.stderr.write(text),
    inputIsTerminal: host.stdin.isTTY === true,
    readInput: (bytesMax) => readToEnd(host.stdin, bytesMax),
    onStopSignal: (listener) => heardAt(host, ['SIGINT', 'SIGTERM'], listener),
    onRestartSignal: (listener) => heardAt(host, ['SIGHUP'], listener),
    processors: availableParallelism(),
    processes: async () => (await import('./workers/worker-processes.ts')).clusterProcesses(),
    exitAtOnce: (code) => host.exit(code),
  }
}

function heardAt(
  host: NodeJS.Process,
  signals: readonly NodeJS.Signals[],
  listener: () => void,
): () => void {
  for (const signal of signals) host.on(signal, listener)
  return () => {
    for (const signal of signals) host.removeListener(signal, listener)
  }
}

/** An account that has no name in the system (a container's) has its number. */
function operatorName(host: NodeJS.Process): string {
  let account: string
  try {
    account = userInfo().username
  } catch {
    account = String(host.getuid?.() ?? 'unknown')
  }
  return `${account}@${hostname()}`.replace(/[^\x21-\x7e]/g, '?').slice(0, operatorLengthMax)
}

function ownVariables(variables: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const own = new Map<string, string>()
  for (const [name, value] of Object.entries(variables)) {
    if (name.startsWith(variablePrefix) && value !== undefined) own.set(name, value)
  }
  return own
}

function written(stream: NodeJS.WritableStream, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error) reject(new OutputClosed('standard output is closed'))
      else resolve()
    })
  })
}

async function readToEnd(
  stream: NodeJS.ReadableStream,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > bytesMax) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
