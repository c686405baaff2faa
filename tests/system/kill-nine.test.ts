/**
 * `kill -9` at random moments under load, of the process that writes and of the database server: nothing that was
 * acknowledged is lost, nothing is there by half, and the audit trail is whole.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  type Administration,
  openAdministration,
  type Storage,
  sqlite,
} from '@mintmark/authorization-server'
import { postgres } from '@mintmark/authorization-server/postgres'
import { startPostgresServer } from '@mintmark/testkit'

const worker = fileURLToPath(new URL('./registering-worker.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'mintmark-kill-'))
const masterKeyFile = join(folder, 'master.key')
// With fsync: what is acknowledged has to survive more than the process.
const server = await startPostgresServer({ isSynced: true })

after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const ROUNDS = 4

/** Two processes at a time register until they are killed; what they said they did is there after each round. */
async function killRoundByRound(storage: Storage, place: string): Promise<void> {
  await prepare(storage)
  const said: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const lines = await Promise.all([
      registerUntilKilled(place, `${round}a`),
      registerUntilKilled(place, `${round}b`),
    ])
    said.push(...lines.flat())
    await examine(storage, said)
  }
}

describe('kill -9 under load', () => {
  test('loses nothing acknowledged on SQLite, whoever is killed when [A11]', async () => {
    const place = join(folder, 'data')
    const storage = sqlite(place)
    await killRoundByRound(storage, place)
  })

  test('loses nothing acknowledged on PostgreSQL when nodes are killed [A11]', async () => {
    const place = await server.createDatabase('nodes')
    const storage = postgres(place, { masterKeyFile })
    await killRoundByRound(storage, place)
  })

  test('loses nothing acknowledged when the PostgreSQL server is killed [A11]', async () => {
    const place = await server.createDatabase('servers')
    const storage = postgres(place, { masterKeyFile })
    await prepare(storage)
    const said: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const registering = startRegistering(place, `${round}`)
      await registering.said(10)
      await delay(Math.random() * 150)
      await server.kill()
      said.push(...(await registering.ended))
      await server.restart()
      await examine(storage, said)
    }
  })
})

async function prepare(storage: Storage): Promise<void> {
  const { registry, close } = await openAdministration({ storage })
  const created = await registry.createResource({
    id: 'https://a.example',
    scope: 'a:read a:write',
  })
  assert.ok(created.ok)
  await close()
}

/** Lets a process register for a moment of random length, kills it, and gives the lines that it got out. */
async function registerUntilKilled(place: string, prefix: string): Promise<readonly string[]> {
  const registering = startRegistering(place, prefix)
  await registering.said(10)
  await delay(Math.random() * 150)
  registering.kill()
  return await registering.ended
}

function startRegistering(place: string, prefix: string) {
  const child = spawn(process.execPath, [
    '--conditions=source',
    worker,
    place,
    masterKeyFile,
    prefix,
  ])
  let output = ''
  let noticed: () => void = () => undefined
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
    noticed()
  })
  let notices = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    notices += chunk
  })
  const lines = () => output.split('\n').slice(0, -1)
  return {
    said: (count: number) =>
      new Promise<void>((resolve, reject) => {
        noticed = () => {
          if (lines().length >= count) resolve()
        }
        noticed()
        child.once('close', () => reject(new Error(`the worker ended: ${notices}`)))
      }),
    kill: () => void child.kill('SIGKILL'),
    ended: once(child, 'close').then(lines),
  }
}

/** Compares what is stored with what was said, and with itself. */
async function examine(storage: Storage, said: readonly string[]): Promise<void> {
  const administration = await openAdministration({ storage })
  try {
    const clients = await allClients(administration)
    for (const line of said) {
      const [word, id = ''] = line.split(' ')
      const client = clients.get(id)
      assert.ok(client !== undefined, `${line}, and it is gone`)
      if (word === 'disabled') assert.ok(client.disabled, `${line}, and it is not`)
    }
    for (const client of clients.values()) {
      assert.equal(client.secrets.length, 1)
      assert.equal(client.grants[0]?.scopes.text, 'a:read a:write')
    }
    assert.deepEqual(await trailOf(administration), stateOf(clients))
    const verdict = await administration.audit.verifyAudit()
    assert.ok(verdict.ok, JSON.stringify(verdict))
  } finally {
    await administration.close()
  }
}

type Clients = ReadonlyMap<
  string,
  Awaited<ReturnType<Administration['registry']['clients']>>[number]
>

async function allClients({ registry }: Administration): Promise<Clients> {
  const found = new Map()
  for (let last: string | undefined; ; ) {
    const page = await registry.clients({ after: last, limit: 1_000 })
    for (const client of page) found.set(client.id, client)
    last = page.at(-1)?.id
    if (page.length < 1_000) return found
  }
}

/** What the audit trail says there must be: a client is created, then disabled and its tokens revoked in one. */
async function trailOf({ audit }: Administration) {
  const created: string[] = []
  const disabled: string[] = []
  const revoked: string[] = []
  for (let after = 0; ; ) {
    const page = await audit.auditRecords({ after })
    for (const { action, subjectId } of page) {
      if (action === 'client_created') created.push(subjectId)
      if (action === 'client_disabled') disabled.push(subjectId)
      if (action === 'client_tokens_revoked') revoked.push(subjectId)
    }
    after = page.at(-1)?.sequence ?? after
    if (page.length < 1_000) break
  }
  assert.deepEqual(revoked, disabled)
  return { created: created.sort(), disabled: disabled.sort() }
}

function stateOf(clients: Clients) {
  const all = [...clients.values()]
  return {
    created: all.map(({ id }) => id).sort(),
    disabled: all
      .filter((client) => client.disabled)
      .map(({ id }) => id)
      .sort(),
  }
}
