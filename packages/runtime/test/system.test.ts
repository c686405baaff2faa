import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { promisify } from 'node:util'
import {
  sleep,
  systemBackgroundTransport,
  systemClock,
  systemDiagnostics,
  systemTransport,
} from '@mintmark/runtime'
import { startLoopbackServer } from '@mintmark/testkit'

const execute = promisify(execFile)

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

test('a task in the background does not keep the process alive, one that is waited for does', async () => {
  const program = `
    import { sleep, systemClock } from '@mintmark/runtime'
    systemClock.schedule(60_000, () => console.log('background'))
    await sleep(systemClock, 20)
    console.log('waited')`
  const args = ['--conditions=source', '--input-type=module', '--eval', program]
  const { stdout } = await execute(process.execPath, args, { cwd: import.meta.dirname })
  assert.equal(stdout, 'waited\n')
})

test('the system transport is the platform’s fetch', async () => {
  const server = await startLoopbackServer((request, response) => response.end(request.method))
  const response = await systemTransport(server.origin, { method: 'PUT' })
  assert.equal(await response.text(), 'PUT')
  await server.close()
})

test('a request in the background does not keep the process alive, one that is waited for does', async (context) => {
  let begins: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    begins = resolve
  })
  const server = await startLoopbackServer((request, response) => {
    if (request.url === '/news') begins()
    else if (request.url === '/first') response.end('first')
    else void begun.then(() => response.end('waited'))
  })
  context.after(() => server.close())
  const program = `
    import { systemBackgroundTransport } from '@mintmark/runtime'
    const [origin] = process.argv.slice(1)
    console.log(await (await fetch(origin + '/first')).text())
    systemBackgroundTransport(origin + '/news').then(() => console.log('news'))
    console.log(await (await fetch(origin + '/waited')).text())`
  const args = ['--conditions=source', '--input-type=module', '--eval', program, server.origin]
  const { stdout } = await execute(process.execPath, args, { cwd: import.meta.dirname })
  assert.equal(stdout, 'first\nwaited\n')
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

test('a subscriber that throws stops the process and not the publisher', async () => {
  const program = `
    import { subscribe } from 'node:diagnostics_channel'
    import { systemDiagnostics } from '@mintmark/runtime'
    process.on('uncaughtException', ({ message }) => console.log('uncaught', message))
    subscribe('mintmark:test', () => { throw new Error('by the subscriber') })
    systemDiagnostics('mintmark:test')(1)
    console.log('published')`
  const args = ['--conditions=source', '--input-type=module', '--eval', program]
  const { stdout } = await execute(process.execPath, args, { cwd: import.meta.dirname })
  assert.equal(stdout, 'published\nuncaught by the subscriber\n')
})
