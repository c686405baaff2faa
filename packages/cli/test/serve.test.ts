import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { runProgram } from '../src/program.ts'
import { run, scriptedEdge } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Starts `mintmark serve` on free ports and waits for its ready line. */
async function serving(test: TestContext, flags: readonly string[] = []) {
  const world = scriptedEdge({ workingFolder: temporaryFolder(test) })
  const ended = runProgram(['serve', '--port', '0', '--admin-port', '0', ...flags], world.edge)
  const ready = await world.noticed(
    /^mintmark: ready, issuer (\S+), token endpoint (\S+), health (\S+)\n/,
  )
  const [, issuer = '', tokenEndpoint = '', health = ''] = ready
  return { ...world, ended, issuer, tokenEndpoint, health }
}

describe('mintmark serve', () => {
  it('prints one ready line, and stops when asked', async (t) => {
    const { ended, signal, output, notices, stopListeners, ...server } = await serving(t)
    assert.match(server.issuer, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.equal(server.tokenEndpoint, `${server.issuer}/oauth/token`)
    assert.equal((await systemTransport(server.health)).status, 200)
    assert.equal(stopListeners(), 1)
    signal()
    assert.equal(await ended, 0)
    assert.equal(output(), '')
    assert.match(notices(), /\nmintmark: stopping: finishing the requests under way\n$/)
    assert.equal(stopListeners(), 0)
    await assert.rejects(systemTransport(server.health))
    await assert.rejects(systemTransport(server.tokenEndpoint))
  })

  it('leaves nothing listening when the reader of its ready line has gone', async (t) => {
    const workingFolder = temporaryFolder(t)
    const argv = ['serve', '--port', '0', '--admin-port', '0', '--json']
    const { exitCode } = await run(argv, { workingFolder, outputIsClosed: true })
    assert.equal(exitCode, 0)
  })

  const wrong = [
    [['--trusted-proxy', '10.0.0.1/8'], /--trusted-proxy must be an address, or a network/],
    [['--when-redis-unavailable', 'allow'], /--when-redis-unavailable needs --redis/],
    [['--limit-client', 'many'], /--limit-client must be a rate like 600\/60/],
  ] as const
  for (const [flags, message] of wrong) {
    it(`refuses ${flags.join(' ')} before it listens`, async (t) => {
      const argv = ['serve', '--port', '0', ...flags]
      const { exitCode, notices } = await run(argv, { workingFolder: temporaryFolder(t) })
      assert.equal(exitCode, 2)
      assert.match(notices, message)
    })
  }

  it('limits as the flags say', async (t) => {
    const { ended, signal, tokenEndpoint } = await serving(t, ['--limit-address', '2/3600'])
    const statuses: number[] = []
    for (let at = 0; at < 3; at++) {
      statuses.push((await systemTransport(tokenEndpoint, { method: 'POST' })).status)
    }
    assert.deepEqual(statuses, [415, 415, 429])
    signal()
    assert.equal(await ended, 0)
  })
})
