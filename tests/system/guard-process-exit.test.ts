/** A guard never keeps a process from exiting, not even while the issuer is asked for news (requirement R6). */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import { startLoopbackServer } from '@mintmark/testkit'

const execute = promisify(execFile)
const audience = 'https://api.example'

interface Issuer {
  readonly issuer: string
  readonly token: string
  /** Where a request is answered once somebody waits for news, which nobody ever gets. */
  readonly waitingUrl: string
  readonly gone: Promise<unknown>
}

/** A server of ours that has no news, behind a front that does not answer whoever waits for them. */
async function startIssuer(context: TestContext): Promise<Issuer> {
  const running = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    server: (issuer) => createAuthorizationServer({ issuer, storage: sqlite(':memory:') }),
  })
  const { issuer, registry, listener } = running.server
  await registry.createResource({ id: audience, scope: 'read' })
  const created = await registry.createClient({ id: 'partner', scope: 'read' })
  assert.ok(created.ok)
  const response = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`partner:${created.value.clientSecret?.reveal()}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  let begins: (request: IncomingMessage) => void = () => undefined
  const waiting = new Promise<IncomingMessage>((resolve) => {
    begins = resolve
  })
  const front = await startLoopbackServer((request, answer) => {
    if (request.headers.prefer !== undefined) return void begins(request)
    if (request.url === '/waiting') return void waiting.then(() => answer.end('yes'))
    listener(request, answer)
  })
  context.after(async () => {
    await front.close()
    await running.close()
  })
  const gone = waiting.then(({ socket }) => once(socket, 'close'))
  return { issuer, token, gone, waitingUrl: `${front.origin}/waiting` }
}

test('a process whose guard waits for revocations ends by itself, and at once [R6]', async (context) => {
  const { issuer, token, waitingUrl, gone } = await startIssuer(context)
  const program = `
    import { createGuard } from '@mintmark/resource-server'
    const [issuer, token, waitingUrl] = process.argv.slice(1)
    const revocation = { follow: new URL('/oauth/revocations', waitingUrl).href, waitSeconds: 45, intervalSeconds: 0.1 }
    const guard = createGuard({ issuer, audience: '${audience}', revocation })
    const { admitted } = await guard.check({ headers: { authorization: 'Bearer ' + token } })
    const waiting = await (await fetch(waitingUrl)).text()
    // What somebody waits for is waited for, also beside it.
    const other = await fetch(issuer + '/oauth/jwks')
    console.log(admitted, waiting, other.status, guard.ready().state)`
  const flags = ['--conditions=source', '--input-type=module', '--eval', program]
  const { stdout, stderr } = await execute(
    process.execPath,
    [...flags, issuer, token, waitingUrl],
    // Far less than it waits for news, and far more than everything else takes.
    { cwd: import.meta.dirname, timeout: 20_000 },
  )
  assert.deepEqual([stdout, stderr], ['true yes 200 ready\n', ''])
  await gone
})
