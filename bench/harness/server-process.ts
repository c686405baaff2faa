/** A server in a fresh process on its own core, from its start to its first answer. */
import { firstAnswer } from '../load/first-answer.ts'
import type { ServerReady } from '../servers/server-ready.ts'
import { type NodeProcess, startNode } from './node-process.ts'
import { MEASURED_CORE } from './pinning.ts'
import { processUsage } from './process-usage.ts'

/** A server that has answered once. */
export interface ServerProcess {
  readonly ready: ServerReady
  readonly pid: number
  /** From spawning the process to the end of its first successful answer. */
  readonly startMs: number
  stop(): Promise<void>
}

/** How to start a server: the program, and what `serverArgument` gives it. */
export interface ServerProgram {
  readonly program: string
  readonly plan: object
}

/** Starts a server and takes its word that it is ready, for one that no plain request reaches. */
export async function startServerUnasked({
  program,
  plan,
}: ServerProgram): Promise<Omit<ServerProcess, 'startMs'>> {
  const server = startNode(program, { core: MEASURED_CORE, args: [JSON.stringify(plan)] })
  try {
    const ready = (await server.next()) as ServerReady
    return { ready, pid: server.pid, stop: () => server.stop() }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/**
 * Starts a server and asks it once; `request` makes the bytes of that request. Rejects when the server ends, or
 * answers with another status than 200.
 */
export async function startServer(
  { program, plan }: ServerProgram,
  request: (ready: ServerReady) => string,
): Promise<ServerProcess> {
  const spawnedAtMs = performance.now()
  const server = await startServerUnasked({ program, plan })
  try {
    const { status } = await firstAnswer(server.ready.port, request(server.ready))
    if (status !== 200) throw new Error(`${program} answered ${status} to its first request`)
    return { ...server, startMs: performance.now() - spawnedAtMs }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Resident memory in MB once a server has had half a second of rest; `undefined` where the system does not tell. */
export async function idleMemoryMb({ pid }: Pick<NodeProcess, 'pid'>): Promise<number | undefined> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS))
  return processUsage(pid)?.residentMb
}

const REST_MS = 500
