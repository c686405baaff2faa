import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { test } from 'node:test'
import { systemClock } from '@mintmark/runtime'
import { eventLoopTurns } from '@mintmark/testkit'
import { createAuthorizationServer, listen, type RunningServer, sqlite } from '../src/index.ts'

const local = {
  host: '127.0.0.1',
  port: 0,
  server: (origin: string) =>
    createAuthorizationServer({ issuer: origin, storage: sqlite(':memory:') }),
}

interface Answer {
  readonly status: number | undefined
  readonly connection: string | undefined
}

/** Asks for the JWK Set on a connection of `agent`. */
function ask({ origin }: RunningServer, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${origin}/oauth/jwks`, { agent }, (response) => {
      const { statusCode: status, headers } = response
      response.resume().on('end', () => resolve({ status, connection: headers.connection }))
    })
    outgoing.on('error', reject).end()
  })
}

test('clients that keep their connections lose no request while a server drains and stops [A12]', async () => {
  const running = await listen(local)
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const answers: Answer[] = []
  async function keepAsking(): Promise<void> {
    while (isOpen) answers.push(await ask(running, agent))
  }
  let isOpen = true
  const callers = Array.from({ length: 16 }, keepAsking)
  await eventLoopTurns(50)
  const before = answers.length
  const stopped = running.close({ drainDelayMs: 500 })
  assert.equal(running.ready(), false)
  // Callers go elsewhere before the time is over, as behind a load balancer.
  systemClock.schedule(60, () => {
    isOpen = false
  })
  await Promise.all(callers)
  await stopped
  assert.ok(before > 0 && answers.length > before)
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(answers[0]?.connection, 'keep-alive')
  assert.equal(answers.at(-1)?.connection, 'close')
  agent.destroy()
})

test('a request that is under way when the stop begins is answered, and its connection ends [A12]', async () => {
  const running = await listen(local)
  const agent = new Agent({ keepAlive: true })
  const answer = new Promise<Answer>((resolve, reject) => {
    const outgoing = request(`${running.origin}/oauth/token`, { agent, method: 'POST' }, (got) => {
      const { statusCode: status, headers } = got
      got.resume().on('end', () => resolve({ status, connection: headers.connection }))
    })
    outgoing.on('error', reject).setHeader('content-type', 'application/x-www-form-urlencoded')
    outgoing.write('grant_type=')
    outgoing.on('socket', (socket) =>
      socket.once('connect', () =>
        systemClock.schedule(50, () => {
          void running.close()
          outgoing.end('client_credentials')
        }),
      ),
    )
  })
  assert.deepEqual(await answer, { status: 401, connection: 'close' })
  await running.close()
})

test('a server without connections stops at once, however often it is told to', async () => {
  const running = await listen(local)
  await Promise.all([running.close(), running.close()])
  assert.equal(running.ready(), false)
  assert.equal(running.server.ready(), false)
})
