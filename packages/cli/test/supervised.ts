/** A supervisor over processes that do what a test says, with time under its control. */
import { sumOfReports } from '@mintmark/authorization-server'
import { eventLoopTurns, FakeClock } from '@mintmark/testkit'
import { Supervisor } from '../src/workers/supervisor.ts'
import type { FromWorker, ToWorker, WorkerReport } from '../src/workers/worker-messages.ts'
import type { WorkerProcess } from '../src/workers/worker-processes.ts'

/** A process that does nothing by itself: the test says what it tells and when it ends. */
class ScriptedProcess implements WorkerProcess {
  readonly heard: ToWorker[] = []
  wasKilled = false
  #tell: (message: FromWorker) => void = () => undefined
  #end: () => void = () => undefined

  send(message: ToWorker): void {
    this.heard.push(message)
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#tell = listener
  }

  onEnd(listener: () => void): void {
    this.#end = listener
  }

  kill(): void {
    this.wasKilled = true
    this.#end()
  }

  tell(message: FromWorker): void {
    this.#tell(message)
  }

  end(): void {
    this.#end()
  }

  get role(): string | undefined {
    const start = this.heard.find((message) => message.type === 'start')
    return start?.type === 'start' ? start.assignment.role : undefined
  }

  get isAskedToStop(): boolean {
    return this.heard.some((message) => message.type === 'stop')
  }
}

const ready: FromWorker = {
  ...{ type: 'ready', origin: 'http://127.0.0.1:1', issuer: 'http://127.0.0.1:1' },
  tokenEndpoint: 'http://127.0.0.1:1/oauth/token',
}
export const failed: FromWorker = {
  type: 'failed',
  code: 'port_in_use',
  message: 'taken',
  exitCode: 1,
}

/** A supervisor that has not started anything. */
export function supervised(workerCount: number, adminPort?: number) {
  const clock = new FakeClock()
  const started: ScriptedProcess[] = []
  const notices: string[] = []
  const start = (): WorkerProcess => {
    const process = new ScriptedProcess()
    started.push(process)
    return process
  }
  const supervisor = new Supervisor(
    { workerCount, port: 1, adminPort },
    {
      ...{ clock, sumOfReports, processes: { supervisor: undefined, start } },
      notice: (line) => notices.push(line),
    },
  )
  /** The newest process starts and gets ready. */
  async function getReady(count = 1): Promise<void> {
    for (const process of started.slice(-count)) {
      process.tell({ type: 'started' })
      process.tell(ready)
    }
    await eventLoopTurns(2)
  }
  /** All of them run. */
  async function run(): Promise<void> {
    const all = supervisor.start()
    await getReady()
    const others = started.length - 1
    if (others > 0) await getReady(others)
    await all
  }
  return { supervisor, clock, started, notices, getReady, run }
}

/** Ends a process, and waits for what follows. */
export async function ended(process: ScriptedProcess | undefined): Promise<void> {
  process?.end()
  await eventLoopTurns(2)
}

/** What a worker tells of itself. */
export const report = (tokensIssued: number): WorkerReport => ({
  report: {
    ...{ tokensIssued, tokensRevoked: 0, introspections: { active: 0, inactive: 0 } },
    ...{
      authentications: [],
      refusals: [],
      durations: [],
      shadowedRefusals: [],
      signaturesWaiting: 0,
    },
    signingKeys: [],
    storage: { reads: 0, writes: 0 },
    registry: { sequence: 7, clients: 1, reloads: 0, failedReloads: 0, staleSeconds: 0 },
  },
  discipline: [{ clientId: 'a', tokensIssued, score: tokensIssued, tokenPerCall: false }],
})
