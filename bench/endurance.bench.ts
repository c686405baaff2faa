/** What is left of millions of tokens: memory of the server, and octets in its data folder. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { MEASURED_CORE } from './harness/pinning.ts'
import { processUsage } from './harness/process-usage.ts'
import { inTurns, type Metrics } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { startServer } from './harness/server-process.ts'
import { effortOf } from './load/effort.ts'
import { runLoad } from './load/run-load.ts'
import { checkTokenAnswers } from './load/token-answers.ts'
import { benchClients, tokenRequest } from './load/token-workload.ts'
import { createDataFolder } from './servers/data-folder.ts'

const OURS = 'mintmark'
const CONNECTIONS = 64
const CLIENTS = 100
/** The same number of tokens in each stretch; memory is read behind each. */
const STRETCHES = 10

async function measure(asked: BenchArguments): Promise<Metrics> {
  const folder = await createDataFolder(CLIENTS)
  const clients = benchClients(CLIENTS)
  const first = clients[0] as (typeof clients)[number]
  const server = await startServer(
    { program: 'servers/mintmark-server', plan: { folder: folder.path } },
    ({ tokenPath }) => tokenRequest(first, tokenPath),
  )
  try {
    const octetsBefore = await octetsIn(folder.path)
    const memory: number[] = []
    let tokens = 0
    for (let stretch = 0; stretch < STRETCHES; stretch++) {
      const result = await runLoad({
        ...effortOf(asked),
        warmMs: 0,
        port: server.ready.port,
        requests: clients.map((client) => tokenRequest(client, server.ready.tokenPath)),
        connections: CONNECTIONS,
        expectedStatus: 200,
        serverPid: server.pid,
        serverCore: MEASURED_CORE,
      })
      await checkTokenAnswers(result.samples, server.ready)
      tokens += result.answers
      memory.push(processUsage(server.pid)?.residentMb ?? 0)
    }
    return {
      'million tokens': tokens / 1_000_000,
      'MB after the first tenth': memory[0] ?? 0,
      'MB after half': memory[STRETCHES / 2] ?? 0,
      'MB at the end': memory.at(-1) ?? 0,
      'octets added to the folder': (await octetsIn(folder.path)) - octetsBefore,
    }
  } finally {
    await server.stop()
    await folder.remove()
  }
}

async function octetsIn(folder: string): Promise<number> {
  const names = await readdir(folder)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

await runBench({
  name: 'endurance',
  question: 'What is left of millions of tokens? (--seconds 60 --rounds 1 for ten million)',
  packages: ['@mintmark/authorization-server'],
  sections: (asked) => [
    {
      title: `${CLIENTS} clients, ten stretches of ${asked.seconds} s`,
      round: inTurns([{ name: OURS, measure: () => measure(asked) }]),
      pairs: [],
      goals: [],
    },
  ],
})
