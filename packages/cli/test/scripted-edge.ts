/**
 * A process without a process: what a command wrote, with input, variables and time under the
 * test's control.
 */
import { createScriptedTransport, FakeClock, seededRandom, the } from '@mintmark/testkit'
import { OutputClosed, type ProcessEdge } from '../src/process-edge.ts'
import { runProgram } from '../src/program.ts'
import type { WorkerProcesses } from '../src/workers/worker-processes.ts'

export interface EdgeScript {
  readonly variables?: Readonly<Record<string, string>>
  readonly input?: string
  readonly inputIsTerminal?: boolean
  readonly workingFolder?: string
  /** Standard output is a pipe whose reader has gone. */
  readonly outputIsClosed?: boolean
  readonly transport?: ProcessEdge['transport']
  /** Of the random source; runs on the same data folder need different ones. Default 1. */
  readonly seed?: number
  /** Default: a process of its own, which cannot start others. */
  readonly processes?: WorkerProcesses
  /** Milliseconds since the usual start of the fake clock. */
  readonly laterMs?: number
}

export interface RunResult {
  readonly exitCode: number
  readonly output: string
  readonly notices: string
}

const noProcesses: WorkerProcesses = {
  supervisor: undefined,
  start() {
    throw new Error('no process is started in this test')
  },
}

/** Runs one command line to its end. Nothing is shared between two runs. */
export async function run(argv: readonly string[], script: EdgeScript = {}): Promise<RunResult> {
  const { edge, output, notices } = scriptedEdge(script)
  const exitCode = await runProgram(argv, edge)
  return { exitCode, output: output(), notices: notices() }
}

/** A process edge, what was written to it so far, and the signals it can get. */
export function scriptedEdge(script: EdgeScript = {}) {
  let output = ''
  let notices = ''
  const watchers = new Set<() => void>()
  const listeners = new Set<() => void>()
  const exits: number[] = []
  const decoder = new TextDecoder()
  const edge: ProcessEdge = {
    clock: new FakeClock({ wallMs: the.nowSeconds * 1000 + (script.laterMs ?? 0) }),
    random: seededRandom(script.seed ?? 1),
    transport: script.transport ?? createScriptedTransport().transport,
    environment: new Map(Object.entries(script.variables ?? {})),
    operator: 'operator@host',
    workingFolder: script.workingFolder ?? '/nowhere',
    writeOutput: async (chunk) => {
      if (script.outputIsClosed) throw new OutputClosed('closed')
      output += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    },
    writeNotice: (text) => {
      notices += text
      for (const watcher of watchers) watcher()
    },
    inputIsTerminal: script.inputIsTerminal ?? false,
    readInput: async (bytesMax) => {
      const bytes = new TextEncoder().encode(script.input ?? '')
      return bytes.length > bytesMax ? undefined : bytes
    },
    onStopSignal: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onRestartSignal: () => () => undefined,
    processors: 2,
    processes: async () => script.processes ?? noProcesses,
    exitAtOnce: (code) => exits.push(code),
  }
  return {
    edge,
    output: () => output,
    notices: () => notices,
    exits,
    /** How many listen for stop signals. */
    stopListeners: () => listeners.size,
    signal: () => {
      for (const listener of listeners) listener()
    },
    /** Resolves once `pattern` has been written to standard error, with the match. */
    noticed: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve) => {
        const watcher = () => {
          const match = pattern.exec(notices)
          if (match === null) return
          watchers.delete(watcher)
          resolve(match)
        }
        watchers.add(watcher)
        watcher()
      }),
  }
}
