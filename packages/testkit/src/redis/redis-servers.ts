/**
 * Real Redis servers for tests: alone, as a cluster, and watched by a sentinel. Needs `redis-server` and `redis-cli`.
 */
import assert from 'node:assert/strict'
import { eventually } from '../eventually.ts'
import { freePort } from '../processes/free-port.ts'
import { type RedisProcess, startRedisProcess } from './redis-process.ts'

/** Three nodes, each with a third of the slots. */
export interface RedisCluster {
  readonly nodes: readonly RedisProcess[]
  /** Ends all of them. */
  stop(): Promise<void>
}

/** A primary with a replica, and the sentinel that watches over both. */
export interface RedisSentinelGroup {
  /** What the sentinel calls the primary. */
  readonly name: string
  readonly sentinel: RedisProcess
  readonly servers: readonly RedisProcess[]
  /** The server that is the primary at the moment, by the word of the sentinel. */
  primary(): Promise<RedisProcess>
  /** Ends all of them. */
  stop(): Promise<void>
}

/** Starts one server. Empty after each restart unless it `isPersistent` and was told to save. */
export function startRedisServer(
  options: { readonly isPersistent?: boolean } = {},
): Promise<RedisProcess> {
  return startRedisProcess(options)
}

const SLOTS = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const

/** Starts a cluster without replicas, and waits until all nodes agree on it. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(SLOTS.map(startNode))
  for (const { port, busPort } of nodes) {
    await nodes[0]?.command('cluster', 'meet', '127.0.0.1', String(port), String(busPort))
  }
  for (const node of nodes) {
    await untilSays(node, 'cluster_known_nodes:3', 'cluster', 'info')
    await untilSays(node, 'cluster_state:ok', 'cluster', 'info')
  }
  return { nodes, stop: () => stopAll(nodes) }
}

async function startNode(slots: readonly [string, string]) {
  // By default it is the port plus 10,000, which may be none.
  const busPort = await freePort()
  const configuration = [
    'cluster-enabled yes',
    'cluster-node-timeout 2000',
    // Two of three go on when one is gone.
    'cluster-require-full-coverage no',
    `cluster-port ${busPort}`,
  ]
  const node = await startRedisProcess({ configuration })
  await node.command('cluster', 'addslotsrange', ...slots)
  return Object.assign(node, { busPort })
}

const GROUP = 'primary'

/** Starts a group, and waits until the sentinel knows both servers. A dead primary is replaced in 1 to 3 s. */
export async function startRedisSentinel(): Promise<RedisSentinelGroup> {
  const first = await startRedisProcess({ configuration: ['repl-diskless-sync-delay 0'] })
  const replica = await startRedisProcess({
    configuration: [`replicaof 127.0.0.1 ${first.port}`],
  })
  // Before the sentinel starts: what it finds then it need not wait to be told.
  await untilSays(replica, 'master_link_status:up', 'info', 'replication')
  const sentinel = await startRedisProcess({
    isSentinel: true,
    configuration: [
      `sentinel monitor ${GROUP} 127.0.0.1 ${first.port} 1`,
      `sentinel down-after-milliseconds ${GROUP} 500`,
      `sentinel failover-timeout ${GROUP} 2000`,
    ],
  })
  await untilSays(sentinel, String(replica.port), 'sentinel', 'replicas', GROUP)
  const servers = [first, replica]
  return {
    name: GROUP,
    sentinel,
    servers,
    primary: async () => {
      const address = await sentinel.command('sentinel', 'get-master-addr-by-name', GROUP)
      const port = Number(address.split('\n')[1])
      return servers.find((server) => server.port === port) as RedisProcess
    },
    stop: () => stopAll([sentinel, ...servers]),
  }
}

function untilSays(server: RedisProcess, wanted: string, ...words: readonly string[]) {
  return eventually(async () => assert((await server.command(...words)).includes(wanted)))
}

async function stopAll(processes: readonly RedisProcess[]): Promise<void> {
  await Promise.all(processes.map((each) => each.stop()))
}
