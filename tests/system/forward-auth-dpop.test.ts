/** Tokens that are bound to a key (RFC 9449), behind the guard as a proxy. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freePort } from '@mintmark/testkit'
import { boundClient } from './forward-auth/bound-tokens.ts'
import { field, guardProcess, issuingServer, recordingApi } from './forward-auth-world.ts'

describe('a token that is bound to a key', () => {
  it('gets through the guard as a proxy [R5]', async (t) => {
    const server = await issuingServer(t)
    const api = await recordingApi(t)
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const upstream = ['--upstream', `http://127.0.0.1:${api.port}`, '--public-origin', origin]
    await guardProcess(t, server.issuer, '--port', String(port), ...upstream)
    const client = boundClient(t, server, origin)
    const response = await client.fetch(`${origin}/a`, { method: 'POST', body: 'b' })
    assert.equal(response.status, 200)
    assert.equal(field(api.requests[0] ?? { fields: [] }, 'dpop'), undefined)
  })
})
