/** Two nodes as real processes on one PostgreSQL and one Redis, under one issuer. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type PostgresServer, type RedisProcess, the } from '@mintmark/testkit'
import { scope } from './cli-world.ts'
import { type ServingProcess, type WorkingFolder, workingFolder } from './mintmark-process.ts'

/** What the nodes share. */
export interface SharedServers {
  readonly postgres: PostgresServer
  readonly redis: RedisProcess
}

/** Nodes, and how to start another. */
export interface NodesWorld {
  readonly folder: WorkingFolder
  /** Of `the.clientId`. */
  readonly clientSecret: string
  /** Registers another client and gives its secret. */
  register(id: string): Promise<string>
  /** Runs a management command on the database. */
  manage(argv: readonly string[]): Promise<void>
  /** Starts a node on a free port with an admin port. */
  start(flags?: readonly string[]): Promise<ServingProcess>
}

/** An empty database with one resource and one client. `name`: small letters, digits and `_`. */
export async function nodesWorld(
  test: TestContext,
  { postgres, redis }: SharedServers,
  name: string,
): Promise<NodesWorld> {
  const variables = {
    MINTMARK_DATABASE: await postgres.createDatabase(name),
    MINTMARK_REDIS: `redis://127.0.0.1:${redis.port}`,
  }
  const folder = workingFolder(test)
  const document = (argv: readonly string[]) => folder.document(argv, { variables })
  const register = async (id: string): Promise<string> =>
    String((await document(['client', 'create', '--id', id, '--scope', scope])).client_secret)
  await document(['resource', 'create', '--id', the.audience, '--scope', scope])
  return {
    folder,
    clientSecret: await register(the.clientId),
    register,
    manage: async (argv) => {
      const { exitCode, notices } = await folder.run(argv, { variables })
      assert.equal(exitCode, 0, notices)
    },
    start: (flags = []) => folder.serve(['--admin-port', '0', ...flags], { variables }),
  }
}

/** The value of a metric of a node. */
export async function metricOf({ adminOrigin }: ServingProcess, name: string): Promise<number> {
  const text = await (await fetch(`${adminOrigin}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1))
}
