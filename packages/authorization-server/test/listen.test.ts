import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { systemClock, systemTransport } from '@mintmark/runtime'
import { createAuthorizationServer, ListenError, listen, sqlite } from '../src/index.ts'

const serveOn = (origin: string) =>
  createAuthorizationServer({ issuer: origin, storage: sqlite(':memory:') })
const local = { host: '127.0.0.1', port: 0, server: serveOn }

test('a server on a free port names that port in its issuer', async () => {
  const running = await listen(local)
  const response = await systemTransport(`${running.origin}/.well-known/oauth-authorization-server`)
  assert.equal(((await response.json()) as { issuer: string }).issuer, running.origin)
  await running.close()
})

test('a port that is taken is an error with its number and without a system text', async () => {
  const running = await listen(local)
  const port = Number(new URL(running.origin).port)
  await assert.rejects(listen({ ...local, port }), (error) => {
    assert.ok(error instanceof ListenError)
    assert.deepEqual([error.code, error.port], ['port_in_use', port])
    return true
  })
  await running.close()
})

test('an address of another machine is an error of its own', async () => {
  await assert.rejects(listen({ ...local, host: '192.0.2.1' }), { code: 'address_unavailable' })
})

test('a server that cannot be made gives its port back', async () => {
  let port = 0
  const failing = listen({
    ...local,
    server: async (origin) => {
      port = Number(new URL(origin).port)
      throw new RangeError('no')
    },
  })
  await assert.rejects(failing, RangeError)
  await (await listen({ ...local, port })).close()
})

test('closing waits for a request that is under way and answers it', async () => {
  const running = await listen(local)
  const answered = new Promise<number | undefined>((resolve, reject) => {
    const outgoing = request(`${running.origin}/oauth/token`, { method: 'POST' }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    outgoing.on('error', reject)
    outgoing.setHeader('content-type', 'application/x-www-form-urlencoded')
    outgoing.write('grant_type=')
    outgoing.on('socket', (socket) => socket.once('connect', finishWhileClosing))
    function finishWhileClosing(): void {
      // The server has accepted the connection only some turns after the client saw it made.
      systemClock.schedule(50, () => {
        void running.close()
        outgoing.end('client_credentials')
      })
    }
  })
  assert.equal(await answered, 401)
})
