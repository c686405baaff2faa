/**
 * Secrets that change under load, over real sockets: the server goes over from one to the other while
 * calls are under way all the time, with tokens that live for two seconds.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTokenClient, type TokenClient, type TokenClientOptions } from '@mintmark/client'
import { textFile } from '@mintmark/client/file'
import { startLoopbackServer, the } from '@mintmark/testkit'

const next = 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEb'
const current = the.clientSecret

const LIFETIME_SECONDS = 2
const CALLERS = 50

interface World {
  readonly client: TokenClient
  /** The API that takes the server's tokens until they end. */
  readonly api: string
  /** From now on the server accepts this secret and no other. */
  readonly accept: (secret: string) => void
  readonly counts: { granted: number; refused: number }
}

async function withWorld(
  clientSecret: NonNullable<TokenClientOptions['clientSecret']>,
  use: (world: World) => Promise<void>,
): Promise<void> {
  let accepted = ''
  const counts = { granted: 0, refused: 0 }
  const endsAt = new Map<string, number>()
  const server = await startLoopbackServer((request, response) => {
    const { authorization = '' } = request.headers
    if (request.url === '/api') {
      response.writeHead(Date.now() < (endsAt.get(authorization) ?? 0) ? 200 : 500).end()
    } else if (authorization === `Basic ${btoa(`${the.clientId}:${accepted}`)}`) {
      counts.granted += 1
      const token = `token-${counts.granted}-of-this-server`
      endsAt.set(`Bearer ${token}`, Date.now() + LIFETIME_SECONDS * 1000)
      const lifetime = { token_type: 'Bearer', expires_in: LIFETIME_SECONDS }
      answer(response, 200, { access_token: token, ...lifetime })
    } else {
      counts.refused += 1
      answer(response, 401, { error: 'invalid_client' })
    }
  })
  const tokenEndpoint = `${server.origin}/token`
  const client = createTokenClient({ tokenEndpoint, clientId: the.clientId, clientSecret })
  const accept = (secret: string): void => {
    accepted = secret
  }
  try {
    await use({ client, api: `${server.origin}/api`, accept, counts })
  } finally {
    await client.dispose()
    await server.close()
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Calls the API from many callers while `during` runs; gives the calls and how many of them failed. */
async function underLoad({ client, api }: World, during: () => Promise<void>) {
  const load = { calls: 0, failed: 0, isOver: false }
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!load.isOver) {
      load.calls += 1
      const response = await client.fetch(api).catch(() => undefined)
      if (response?.status !== 200) load.failed += 1
      await response?.arrayBuffer()
      await sleep(5)
    }
  })
  try {
    await during()
  } finally {
    load.isOver = true
    await Promise.all(callers)
  }
  return load
}

test('fails no call while the server goes over from one secret to the other and back [C11]', async () => {
  await withWorld([next, current], async (world) => {
    const { accept, counts, client } = world
    accept(current)
    await client.warm()
    assert.deepEqual(counts, { granted: 1, refused: 1 })
    const { calls, failed } = await underLoad(world, async () => {
      for (const secret of [next, current, next]) {
        accept(secret)
        await sleep(LIFETIME_SECONDS * 1000)
      }
    })
    assert(calls > 1_000, `${calls} calls`)
    assert.equal(failed, 0)
    // One for the first token, and one for each time the server changed its mind.
    assert.equal(counts.refused, 1 + 3)
    const told = client
      .explain()
      .flatMap(({ event }) =>
        event.type === 'credential_fallback' ? [[event.from, event.to]] : [],
      )
    assert.deepEqual(told, [
      [1, 2],
      [2, 1],
      [1, 2],
      [2, 1],
    ])
  })
})

test('takes the secret of a replaced file within a second, and fails no call meanwhile [C7] [C11]', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mintmark-'))
  const path = join(folder, 'secret')
  const replace = async (secret: string): Promise<void> => {
    await writeFile(`${path}.new`, `${secret}\n`)
    await rename(`${path}.new`, path)
  }
  try {
    await replace('the-wrong-secret-of-partner-a')
    await withWorld(textFile(path), async (world) => {
      const { accept, counts, client } = world
      accept(current)
      for (let call = 0; call < 100; call += 1) await assert.rejects(client.token())
      assert.equal(counts.refused, 1)
      await replace(current)
      const startedAtMs = Date.now()
      await client.token()
      assert(Date.now() - startedAtMs < 1_000)
      const { failed } = await underLoad(world, async () => {
        await replace(next)
        accept(next)
        await sleep(LIFETIME_SECONDS * 1000)
      })
      assert.equal(failed, 0)
      assert.equal(counts.refused, 1)
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
