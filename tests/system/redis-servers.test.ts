/** The Redis servers of the test kit: they do what a test asks, and nothing of them is left behind. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, type TestContext, test } from 'node:test'
import { eventually, startRedisServer } from '@mintmark/testkit'

describe('startRedisServer', { concurrency: 4 }, () => {
  test('comes back empty from a restart', async (t) => {
    const server = await serverFor(t)
    await server.command('set', 'key', 'value')
    await server.command('save')
    await server.kill()
    await server.restart()
    assert.equal(await server.command('get', 'key'), '')
  })

  test('comes back with what was saved when it is told to be persistent', async (t) => {
    const server = await serverFor(t, { isPersistent: true })
    await server.command('set', 'key', 'value')
    await server.command('save')
    await server.restart()
    assert.equal(await server.command('get', 'key'), 'value')
  })

  test('is gone with its folder when it is stopped, also while it is paused', async () => {
    const server = await startRedisServer()
    server.pause()
    await server.stop()
    assert.equal(existsSync(server.folder), false)
    assert.equal(await isServed(server.port), false)
  })

  test('is gone with its folder when the process that started it dies', async () => {
    const source = `
      const { startRedisServer } = await import('@mintmark/testkit')
      const { port, folder } = await startRedisServer()
      console.log(JSON.stringify({ port, folder }))
      setInterval(() => {}, 1000)`
    const parameters = ['--conditions=source', '--input-type=module', '--eval', source]
    const program = spawn(process.execPath, parameters, {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface(program.stdout), 'line')
    const { port, folder } = JSON.parse(line)
    assert.deepEqual([existsSync(folder), await isServed(port)], [true, true])
    program.kill('SIGKILL')
    await eventually(async () => {
      assert.deepEqual([existsSync(folder), await isServed(port)], [false, false])
    })
  })
})

async function serverFor(t: TestContext, options: Parameters<typeof startRedisServer>[0] = {}) {
  const server = await startRedisServer(options)
  t.after(() => server.stop())
  return server
}

/** Whether anybody listens on a port. */
async function isServed(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
