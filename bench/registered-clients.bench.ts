/** What many registered clients cost: at start, in memory, and while tokens are issued to some of them. */
import type { BenchArguments } from './harness/bench-arguments.ts'
import { type Candidate, inTurns } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { measureServer, type Workload } from './load/measured-server.ts'
import { checkTokenAnswers } from './load/token-answers.ts'
import { type BenchClient, benchClients, tokenRequest } from './load/token-workload.ts'
import { createLargeDataFolder, type DataFolder } from './servers/data-folder.ts'

const CONNECTIONS = 64
/** How many of the registered clients ask. */
const ASKING = 1_000
const ASKING_IN_SMOKE = 10

/** The first clients of the folder; all have the secret of the first. */
function asking(count: number): readonly BenchClient[] {
  const clients = benchClients(count)
  return clients.map((client) => ({ ...client, secret: clients[0]?.secret ?? '' }))
}

function workload(clients: readonly BenchClient[]): Workload {
  const [first] = clients
  if (first === undefined) throw new Error('somebody has to ask')
  return {
    connections: CONNECTIONS,
    expectedStatus: 200,
    requests: ({ tokenPath }) => clients.map((client) => tokenRequest(client, tokenPath)),
    firstRequest: ({ tokenPath }) => tokenRequest(first, tokenPath),
    check: checkTokenAnswers,
  }
}

/** Folders are made once and read by every round. */
const folders = new Map<number, DataFolder>()

function candidate(registered: number, asked: BenchArguments): Candidate {
  return {
    name: `${registered} clients`,
    async measure() {
      const folder = folders.get(registered) ?? (await createLargeDataFolder(registered))
      folders.set(registered, folder)
      const program = { program: 'servers/mintmark-server', plan: { folder: folder.path } }
      const clients = asking(asked.isSmoke ? ASKING_IN_SMOKE : ASKING)
      return await measureServer(program, workload(clients), asked)
    },
  }
}

await runBench({
  name: 'registered-clients',
  question: 'What do many registered clients cost?',
  packages: ['@mintmark/authorization-server'],
  sections: (asked) => {
    const [few, some, many] = asked.isSmoke ? [10, 20, 30] : [1_000, 20_000, 100_000]
    const names = { few: `${few} clients`, some: `${some} clients`, many: `${many} clients` }
    const rate = { metric: 'answers/core-s', candidate: names.many, base: names.few }
    return [
      {
        title: `${CONNECTIONS} connections, the same clients asking`,
        round: inTurns([few, some, many].map((count) => candidate(count ?? 0, asked))),
        pairs: [rate],
        goals: [
          { ...rate, atLeast: 0.95 },
          { metric: 'start ms', candidate: names.many, atMost: 3_000 },
          { metric: 'idle MB', candidate: names.some, atMost: 150 },
        ],
      },
    ]
  },
})
for (const folder of folders.values()) await folder.remove()
