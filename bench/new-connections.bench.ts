/** What callers cost who keep no connection: a TLS 1.3 handshake for every token. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverCertificate } from '@mintmark/testkit'
import type { BenchArguments } from './harness/bench-arguments.ts'
import { MEASURED_CORE } from './harness/pinning.ts'
import { inTurns, type Metrics } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'
import { startServerUnasked } from './harness/server-process.ts'
import { effortOf } from './load/effort.ts'
import { runLoad } from './load/run-load.ts'
import { checkTokenBodies } from './load/token-answers.ts'
import { benchClients, tokenRequest } from './load/token-workload.ts'
import { createLargeDataFolder } from './servers/data-folder.ts'

const OURS = 'mintmark'
const AT_ONCE = 16
const REGISTERED = 20_000
const REGISTERED_IN_SMOKE = 20
const ASKING = 1_000

async function measure(asked: BenchArguments): Promise<Metrics> {
  const registered = asked.isSmoke ? REGISTERED_IN_SMOKE : REGISTERED
  const folder = await createLargeDataFolder(registered)
  const files = await mkdtemp(join(tmpdir(), 'mintmark-bench-tls-'))
  const tls = { certFile: join(files, 'cert.pem'), keyFile: join(files, 'key.pem') }
  await writeFile(tls.certFile, serverCertificate.cert)
  await writeFile(tls.keyFile, serverCertificate.key)
  const plan = { folder: folder.path, tls }
  const server = await startServerUnasked({ program: 'servers/mintmark-server', plan })
  try {
    const clients = benchClients(Math.min(ASKING, registered))
    const secret = clients[0]?.secret ?? ''
    const load = {
      ...effortOf(asked),
      port: server.ready.port,
      requests: clients.map((client) =>
        tokenRequest({ ...client, secret }, server.ready.tokenPath),
      ),
      connections: AT_ONCE,
      expectedStatus: 200,
      serverPid: server.pid,
      serverCore: MEASURED_CORE,
    }
    const result = await runLoad(load, 'load/tls-generator')
    checkTokenBodies(result.samples)
    return {
      'answers/s': (result.answers / result.elapsedMs) * 1_000,
      'p99 ms': result.p99Ms,
      ...(result.server !== undefined && {
        'answers/core-s': 1_000_000 / result.server.processorMicrosecondsPerAnswer,
      }),
    }
  } finally {
    await server.stop()
    await folder.remove()
    await rm(files, { recursive: true })
  }
}

await runBench({
  name: 'new-connections',
  question:
    'How many tokens does one core issue when each comes over a TLS 1.3 connection of its own?',
  packages: ['@mintmark/authorization-server'],
  sections: (asked) => [
    {
      title: `${REGISTERED} registered clients, ${AT_ONCE} connections at once`,
      round: inTurns([{ name: OURS, measure: () => measure(asked) }]),
      pairs: [],
      goals: [{ metric: 'answers/core-s', candidate: OURS, atLeast: 700 }],
    },
  ],
})
