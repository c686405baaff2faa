/**
 * A built program of this folder in a process of its own. It talks to its parent in lines of JSON on standard
 * output.
 *
 * The process is known by its handle and stopped through it; nothing is ever looked up by name.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { builtFile } from './build.ts'
import { pinned } from './pinning.ts'

const MINTMARK = join(import.meta.dirname, '../../packages/cli/bin/mintmark.js')
const STOP_MS = 5_000
const ERROR_TEXT_LENGTH = 2_000

/** How to start a program. */
export interface NodeProcessOptions {
  /** The core it may use. */
  readonly core: number
  readonly args?: readonly string[]
  /** Written to its standard input, which is then closed. */
  readonly input?: string
}

/** A running program. */
export interface NodeProcess {
  readonly pid: number
  /** The next line it prints, parsed. Rejects with what it wrote to standard error when it ends before that. */
  next(): Promise<unknown>
  /** Ends it, if it has not ended by itself, and waits until it has. */
  stop(): Promise<void>
}

/** Starts a program, such as `servers/lean-server`, with this process's own Node. `build` must have run. */
export function startNode(program: string, options: NodeProcessOptions): NodeProcess {
  const { core, args = [], input = '' } = options
  const [command, rest] = pinned(core, process.execPath, [builtFile(program), ...args])
  return connect(spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] }), program, input)
}

/** Starts the command line, on all cores, as an installed one would be: from what was built. */
export function startMintmark(args: readonly string[]): NodeProcess {
  const child = spawn(process.execPath, [MINTMARK, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  return connect(child, 'mintmark', '')
}

function connect(child: ChildProcess, program: string, input: string): NodeProcess {
  const { stdin, stdout, stderr, pid } = child
  if (stdin === null || stdout === null || stderr === null || pid === undefined) {
    throw new Error(`${program} could not be started`)
  }
  let errors = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-ERROR_TEXT_LENGTH)
  })
  // A program that ends without reading its input says why on standard error, not here.
  stdin.on('error', () => undefined).end(input)
  const ended = once(child, 'exit')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  return {
    pid,
    async next() {
      const { value, done } = await lines.next()
      if (done !== true) return JSON.parse(value)
      await ended
      throw new Error(`${program} ended with ${child.exitCode ?? child.signalCode}: ${errors}`)
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill()
      const giveUp = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(giveUp)
    },
  }
}
