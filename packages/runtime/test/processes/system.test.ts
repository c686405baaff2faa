/** What only the end of a process shows. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startLoopbackServer } from '@mintmark/testkit'

const execute = promisify(execFile)

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
