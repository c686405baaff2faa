/** `mintmark demo`, which is what `npm start` runs, as a person uses it: a real process with real ports. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { findSecret } from '@mintmark/testkit'
import { launcher, workingFolder } from './mintmark-process.ts'

describe('the demo', { concurrency: true }, () => {
  it('plays the whole cycle and meets both rings, all as expected, and ends with 0 [S2] [S3] [S6] [X1]', async (t) => {
    const { exitCode, output, notices } = await workingFolder(t).run(['demo', '--once'])
    assert.equal(exitCode, 0, output)
    assert.equal(notices, '')
    const told = (text: string): number => output.split(text).length - 1
    assert.equal(told('as expected'), 9)
    assert.equal(told('DIFFERENT'), 0)
    for (const line of [
      /issued {4}token [0-9a-f]{16}, expires \d\d:\d\d:\d\d UTC/,
      /POST \/partner\/v1\/applications -> 201/,
      /GET \/partner\/v1\/applications\/[\w-]{22}\/decision -> 200\n.*50 times with the token from the cache/,
      /renewed {3}token [0-9a-f]{16}, .* with \d+ ms of the old one left/,
      /GET \/partner\/v1\/decisions\/[\w-]{22} -> 403 insufficient_scope/,
      /GET \/sandbox\/v1\/decisions -> 401, then with a new token 200/,
      /introspection says active: false/,
      /invalid_client; three calls failed at once, one request was made/,
      /GET \/public\/v1\/rates -> 200, \d+ times\n.* -> 429, Retry-After: [12]\n.*"public";q=60;w=60/,
      /GET \/partner\/v1\/decisions -> 200, \d+ times\n.* -> 429, Retry-After: \d\n.*"partner";q=600;w=60/,
      /the same as another client, from the same address -> 200/,
    ]) {
      assert.match(output, line)
    }
  })

  it('tells the same as one JSON document, without a secret', async (t) => {
    const folder = workingFolder(t)
    const { exitCode, output } = await folder.run(['demo', '--once', '--json', '--data', 'kept'])
    assert.equal(exitCode, 0)
    const { steps } = JSON.parse(output) as { steps: { differences: string[] }[] }
    assert.deepEqual(
      steps.map(({ differences }) => differences),
      Array(9).fill([]),
    )
    assert.equal(output.includes('mm_live_'), false)
    // A folder that is given stays, and a second demo finds its own clients there.
    const again = await folder.run(['demo', '--once', '--json', '--data', 'kept'])
    assert.equal(again.exitCode, 0)
  })

  it('then stays up with a curl line that works, and ends cleanly on Ctrl-C', async (t) => {
    const demo = spawn(process.execPath, [launcher, 'demo'], { cwd: workingFolder(t).path })
    t.after(() => demo.kill('SIGKILL'))
    const output = await outputUntil(demo, 'Ctrl-C stops everything')
    assert.match(output, /^ready: issuer http:\/\/127\.0\.0\.1:\d+$/m)
    const curl = /^ {3}curl -s (\S+) (.*)$/m.exec(output)
    assert.ok(curl !== null)
    const [, url, flags] = curl as unknown as [string, string, string]
    const body = flags
      .split(' ')
      .filter((word) => word !== '-d')
      .join('&')
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await fetch(url, { method: 'POST', body, headers })
    const answer = (await response.json()) as { access_token?: string }
    assert.equal(typeof answer.access_token, 'string', JSON.stringify(answer))
    assert.equal(findSecret(output, String(answer.access_token)), undefined)
    demo.kill('SIGINT')
    const [exitCode] = (await once(demo, 'exit')) as [number]
    assert.equal(exitCode, 0)
    await assert.rejects(fetch(url))
  })
})

/** Everything that a process writes to standard output until `text` has come. */
async function outputUntil(process: ChildProcess, text: string): Promise<string> {
  let output = ''
  for await (const chunk of process.stdout ?? []) {
    output += chunk
    if (output.includes(text)) break
  }
  return output
}
