import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import { FakeClock, the } from '@mintmark/testkit'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('mintmark explain', () => {
  it('says exactly why a request was refused [N17]', async (t) => {
    const folder = temporaryFolder(t)
    const reference = await refusedIn(folder)
    const { exitCode, output } = await run(['explain', reference, '--data', folder])
    assert.equal(exitCode, 0)
    assert.match(output, /^refused: no client of that id is registered\n/)
    assert.match(output, /reason +client_unknown\n/)
    const json = await run(['explain', reference, '--data', folder, '--json'])
    assert.deepEqual(JSON.parse(json.output), {
      at: new Date(the.nowSeconds * 1000).toISOString(),
      endpoint: 'token',
      reason: 'client_unknown',
      meaning: 'no client of that id is registered',
      advice: 'compare the id with those that "mintmark client list" shows',
      client_id: null,
      detail: {},
    })
  })

  it('knows nothing of a reference of another server, or of one that was cut [N17]', async (t) => {
    const [folder, other] = [temporaryFolder(t), temporaryFolder(t)]
    const reference = await refusedIn(folder)
    await refusedIn(other)
    for (const [data, text] of [
      [other, reference],
      [folder, reference.slice(0, -1)],
      [folder, 'x'],
    ] as const) {
      const { exitCode, notices } = await run(['explain', text, '--data', data, '--json'])
      assert.equal(exitCode, 1)
      assert.equal(JSON.parse(notices).error.code, 'reference_unknown')
    }
  })

  it('makes no data folder where there is none', async (t) => {
    const { exitCode, notices } = await run(['explain', 'x', '--data', `${temporaryFolder(t)}/no`])
    assert.equal(exitCode, 1)
    assert.match(notices, /does not exist/)
  })
})

/** The reference of a refusal by a server on `folder` that has stopped since. */
async function refusedIn(folder: string): Promise<string> {
  const server = await createAuthorizationServer({
    issuer: the.issuer,
    storage: sqlite(folder),
    clock: new FakeClock(),
  })
  const response = await server.fetch(
    new Request(the.tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'x', client_secret: 'x' }),
    }),
  )
  await server.close()
  return String(((await response.json()) as { error_uri: unknown }).error_uri)
}
