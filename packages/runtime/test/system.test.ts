import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import {
  sleep,
  systemBackgroundTransport,
  systemClock,
  systemDiagnostics,
  systemTransport,
} from '@mintmark/runtime'
import { startLoopbackServer } from '@mintmark/testkit'

test('the monotonic clock never runs backwards, and the wall clock tells milliseconds since 1970', () => {
  let last = systemClock.monotonicMs()
  for (let at = 0; at < 1_000; at++) {
    const now = systemClock.monotonicMs()
    assert.ok(now >= last)
    last = now
  }
  assert.ok(systemClock.wallMs() > Date.UTC(2026, 0, 1))
})

test('a cancelled task does not run, and cancelling it again does nothing', async () => {
  let ran = false
  const task = systemClock.schedule(0, () => {
    ran = true
  })
  task.cancel()
  task.cancel()
  await sleep(systemClock, 5)
  assert.equal(ran, false)
})

test('a delay beyond what timers can count does not fire at once', async () => {
  let ran = false
  const task = systemClock.schedule(2 ** 40, () => {
    ran = true
  })
  await sleep(systemClock, 5)
  assert.equal(ran, false)
  task.cancel()
})

test('the system transport is the platform’s fetch', async () => {
  const server = await startLoopbackServer((request, response) => response.end(request.method))
  const response = await systemTransport(server.origin, { method: 'PUT' })
  assert.equal(await response.text(), 'PUT')
  await server.close()
})

test('a request in the background is otherwise the platform’s fetch', async (context) => {
  const server = await startLoopbackServer((request, response) => response.end(request.method))
  context.after(() => server.close())
  const request = new Request(server.origin, { method: 'PUT' })
  assert.equal(await (await systemBackgroundTransport(request)).text(), 'PUT')
  await assert.rejects(systemBackgroundTransport('no URL'), { name: 'TypeError' })
})

test('publishes to whoever listens on the named channel, and whoever stopped hears nothing', () => {
  const publish = systemDiagnostics('mintmark:test')
  const heard: unknown[] = []
  const listen = (message: unknown): void => {
    heard.push(message)
  }
  publish('before')
  subscribe('mintmark:test', listen)
  publish('during')
  unsubscribe('mintmark:test', listen)
  publish('after')
  assert.deepEqual(heard, ['during'])
})
