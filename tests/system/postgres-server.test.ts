/** The PostgreSQL servers of the test kit: they do what a test asks, and nothing of them is left behind. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, type TestContext, test } from 'node:test'
import { eventually, startPostgresServer } from '@mintmark/testkit'
import pg from 'pg'

describe('startPostgresServer', { concurrency: 3 }, () => {
  test('loses nothing committed and every connection when it is killed, and comes back', async (t) => {
    const server = await serverFor(t)
    const client = await connectionTo(t, server.url)
    await client.query('create table coins (mark text)')
    await client.query("insert into coins values ('D')")
    const lost = once(client, 'error')
    await server.kill()
    await lost
    await assert.rejects(server.command('select 1'))
    await server.restart()
    assert.equal(await server.command('select mark from coins'), 'D')
  })

  test('restarts while it runs and has busy connections', async (t) => {
    const server = await serverFor(t)
    const client = await connectionTo(t, server.url)
    const busy = assert.rejects(client.query('select pg_sleep(600)'))
    await server.restart()
    await busy
    assert.equal(await server.command('select 1'), '1')
  })

  test('answers nobody while it is paused, and goes on where it was', async (t) => {
    const server = await serverFor(t)
    const client = await connectionTo(t, server.url)
    server.pause()
    let isAnswered = false
    const answer = client.query('select 1 as one').then(({ rows }) => {
      isAnswered = true
      return rows
    })
    // Another server that was asked later answers first.
    await (await serverFor(t)).command('select 1')
    assert.equal(isAnswered, false)
    server.resume()
    assert.deepEqual(await answer, [{ one: 1 }])
  })

  test('makes databases that know nothing of each other', async (t) => {
    const server = await serverFor(t)
    const one = await server.createDatabase('one')
    const other = await server.createDatabase('other')
    await server.command('create table coins ()', one)
    assert.equal(await server.command("select to_regclass('coins')", one), 'coins')
    assert.equal(await server.command("select to_regclass('coins')", other), '')
  })

  test('takes settings, and waits for the disk only when asked to', async (t) => {
    const quick = await serverFor(t, { settings: { max_connections: '7' } })
    assert.equal(await quick.command('show max_connections'), '7')
    assert.equal(await quick.command('show fsync'), 'off')
    const synced = await serverFor(t, { isSynced: true })
    assert.equal(await synced.command('show fsync'), 'on')
  })

  test('is gone with its folder when it is stopped, also while it is paused', async () => {
    const server = await startPostgresServer()
    server.pause()
    await server.stop()
    assert.equal(existsSync(server.folder), false)
    await assert.rejects(server.command('select 1'))
  })

  test('is gone with its folder when the process that started it dies', async () => {
    const source = `
      const { startPostgresServer } = await import('@mintmark/testkit')
      const { url, folder } = await startPostgresServer()
      console.log(JSON.stringify({ url, folder }))
      setInterval(() => {}, 1000)`
    const parameters = ['--conditions=source', '--input-type=module', '--eval', source]
    const program = spawn(process.execPath, parameters, {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface(program.stdout), 'line')
    const { url, folder } = JSON.parse(line)
    assert.deepEqual([existsSync(folder), await isServed(url)], [true, true])
    program.kill('SIGKILL')
    await eventually(async () => {
      assert.deepEqual([existsSync(folder), await isServed(url)], [false, false])
    })
  })
})

async function serverFor(t: TestContext, options: Parameters<typeof startPostgresServer>[0] = {}) {
  const server = await startPostgresServer(options)
  t.after(() => server.stop())
  return server
}

async function connectionTo(t: TestContext, url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  t.after(() => client.end())
  return client
}

/** Whether somebody answers at a URL. */
async function isServed(url: string): Promise<boolean> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
