import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { runProgram } from '../src/program.ts'
import { run, scriptedEdge } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Starts `mintmark serve` on free ports and waits for its ready line. */
async function serving(test: TestContext) {
  const world = scriptedEdge({ workingFolder: temporaryFolder(test) })
  const ended = runProgram(['serve', '--port', '0', '--admin-port', '0'], world.edge)
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
})
