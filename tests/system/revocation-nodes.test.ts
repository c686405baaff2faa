/**
 * Mint, revoke, introspect, across the nodes of one authorization server: on the node that was asked at once, on the
 * others within a second, in the feed of each within two. And the drill: from `key compromise` to safe everywhere.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  type AuthorizationServer,
  createAuthorizationServer,
  type Storage,
  sqlite,
} from '@mintmark/authorization-server'
import { postgres } from '@mintmark/authorization-server/postgres'
import { decodeUnverified } from '@mintmark/jwt'
import { member, parseFeedContent, revokedTokenName, splitFeed } from '@mintmark/protocol'
import { eventually, type PostgresServer, startPostgresServer, the } from '@mintmark/testkit'

const NODES = 3
const TOKENS_EACH = 5

let postgresServer: PostgresServer
let folder: string

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mintmark-revocation-'))
  postgresServer = await startPostgresServer()
})

after(async () => {
  await postgresServer.stop()
  rmSync(folder, { recursive: true })
})

const places: readonly (readonly [
  name: string,
  storage: (database: string) => Promise<Storage>,
])[] = [
  ['SQLite', async (database) => sqlite(join(folder, database))],
  [
    'PostgreSQL',
    async (database) =>
      postgres(await postgresServer.createDatabase(database), {
        masterKeyFile: join(folder, `${database}.key`),
      }),
  ],
]

for (const [name, storageFor] of places) {
  describe(`three nodes on one ${name}`, { concurrency: false }, () => {
    it('revoke on one, and all of them know: at once there, within a second elsewhere [A5] [A9] [A12]', async () => {
      await using fleet = await startFleet(await storageFor('revoke'))
      for (const [at, node] of fleet.nodes.entries()) {
        const token = await fleet.newToken(node)
        for (const other of fleet.nodes) assert.equal(await fleet.isActive(other, token), true)
        await fleet.revoke(node, token)
        assert.equal(await fleet.isActive(node, token), false)
        const startedAt = performance.now()
        for (const other of fleet.nodes) {
          await eventually(async () => assert.equal(await fleet.isActive(other, token), false))
        }
        assert.ok(performance.now() - startedAt < 1_500, `revoked on node ${at}`)
        for (const other of fleet.nodes) {
          await eventually(async () => assert.ok(await fleet.isInFeed(other, token)))
        }
      }
    })

    it('revoke what each of them minted, whoever is asked [A5] [A12]', async () => {
      await using fleet = await startFleet(await storageFor('mixed'))
      const [first, second, third] = fleet.nodes
      assert.ok(first && second && third)
      const tokens = await Promise.all(
        fleet.nodes.flatMap((node) =>
          Array.from({ length: TOKENS_EACH }, () => fleet.newToken(node)),
        ),
      )
      await Promise.all(tokens.map((token, at) => fleet.revoke(at % 2 ? second : third, token)))
      for (const node of fleet.nodes) {
        await eventually(async () => {
          const active = await Promise.all(tokens.map((token) => fleet.isActive(node, token)))
          assert.ok(!active.includes(true))
        })
      }
    })

    it('withdraw a compromised key within ten seconds everywhere, and go on [A8] [A9] [A12]', async () => {
      await using fleet = await startFleet(await storageFor('compromise'))
      const [first] = fleet.nodes
      assert.ok(first)
      const token = await fleet.newToken(first)
      const kid = kidOf(token)
      const startedAt = performance.now()
      const outcome = await first.keys.compromise(kid)
      assert.ok(outcome.ok)
      const replacement = outcome.value.replacement?.kid
      for (const node of fleet.nodes) {
        await eventually(async () => {
          const published = await fleet.publishedKids(node)
          assert.deepEqual(published, [replacement])
          assert.equal(kidOf(await fleet.newToken(node)), replacement)
          assert.equal(await fleet.isActive(node, token), false)
          assert.ok((await fleet.feedOf(node)).keys.has(kid))
        })
      }
      const safeAfterMs = performance.now() - startedAt
      assert.ok(safeAfterMs < 10_000, `safe after ${safeAfterMs} ms`)
      const audit = await fleet.auditOf(kid)
      assert.deepEqual(audit, ['signing_key_created', 'signing_key_scheduled'])
    })
  })
}

function kidOf(token: string): string {
  const read = decodeUnverified(token)
  return String(read.ok && (read.value.header as { kid?: string }).kid)
}

/** How the feed would list a token. */
function listedAs(token: string) {
  const read = decodeUnverified(token)
  assert.ok(read.ok)
  const digest = createHash('sha256')
    .update(String(member(read.value.claims, 'jti')))
    .digest()
  const expiresAtSeconds = Number(member(read.value.claims, 'exp'))
  return { expiresAtSeconds, name: revokedTokenName(digest) }
}

/** Three servers and the credentials of a client that all of them know. */
async function startNodes(storage: Storage) {
  const nodes: AuthorizationServer[] = []
  for (let at = 0; at < NODES; at++) {
    nodes.push(await createAuthorizationServer({ issuer: the.issuer, storage }))
  }
  const [first] = nodes
  assert.ok(first)
  await first.registry.createResource({ id: the.audience, scope: the.scope })
  const created = await first.registry.createClient({ id: the.clientId, scope: the.scope })
  assert.ok(created.ok)
  const secret = created.value.clientSecret?.reveal()
  return { nodes, authorization: `Basic ${btoa(`${the.clientId}:${secret}`)}` }
}

async function startFleet(storage: Storage) {
  const { nodes, authorization } = await startNodes(storage)

  async function post(node: AuthorizationServer, path: string, form: Record<string, string>) {
    const body = new URLSearchParams(form)
    const init = { method: 'POST', body, headers: { authorization } }
    const response = await node.fetch(new Request(the.issuer + path, init))
    assert.equal(response.status, 200)
    return response
  }
  async function newToken(node: AuthorizationServer): Promise<string> {
    const response = await post(node, '/oauth/token', { grant_type: 'client_credentials' })
    return ((await response.json()) as { access_token: string }).access_token
  }
  const get = async (node: AuthorizationServer, path: string) =>
    await (await node.fetch(new Request(the.issuer + path))).text()
  async function feedOf(node: AuthorizationServer) {
    const lines = splitFeed(await get(node, '/oauth/revocations'))
    assert.ok(lines.ok)
    const feed = parseFeedContent(lines.value.content)
    assert.ok(feed.ok)
    return feed.value
  }
  for (const node of nodes) await eventually(async () => void (await newToken(node)))

  return {
    nodes,
    newToken,
    feedOf,
    revoke: (node: AuthorizationServer, token: string) => post(node, '/oauth/revoke', { token }),
    async isActive(node: AuthorizationServer, token: string): Promise<boolean> {
      const response = await post(node, '/oauth/introspect', { token })
      return ((await response.json()) as { active: boolean }).active
    },
    async isInFeed(node: AuthorizationServer, token: string): Promise<boolean> {
      return (await feedOf(node)).tokens.has(listedAs(token))
    },
    async publishedKids(node: AuthorizationServer): Promise<string[]> {
      const { keys } = JSON.parse(await get(node, '/oauth/jwks')) as { keys: { kid: string }[] }
      return keys.map(({ kid }) => kid)
    },
    async auditOf(kid: string): Promise<string[]> {
      const session = await storage.open()
      const records = await session.auditRecords(0, 1_000)
      await session.close()
      return records.filter(({ subjectId }) => subjectId === kid).map(({ action }) => action)
    },
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node.close()
    },
  }
}
