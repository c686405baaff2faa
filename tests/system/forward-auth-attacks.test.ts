/** `mintmark check-proxy` against the guard as a proxy itself. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freePort } from '@mintmark/testkit'
import { attackAll } from './forward-auth/attacks.ts'
import { guardProcess, issuingServer } from './forward-auth-world.ts'

describe('the guard as a proxy, under attack', () => {
  it('holds [R8]', async (t) => {
    const server = await issuingServer(t)
    const port = await freePort()
    const upstream = ['--upstream', `http://127.0.0.1:${port}`]
    const { origin } = await guardProcess(t, server.issuer, ...upstream)
    const { failed, exitCode } = await attackAll(t, server, { origin, port, open: '' })
    assert.deepEqual([failed, exitCode], [[], 0])
  })
})
