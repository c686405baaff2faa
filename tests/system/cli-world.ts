/** A small world for tests of the command line: something registered, a server on it, an API behind a guard. */
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import { startLoopbackServer, the } from '@mintmark/testkit'
import { type ServingProcess, type WorkingFolder, workingFolder } from './mintmark-process.ts'

/** The scopes of the one resource, all of which the one client may have. */
export const scope = 'applications:write decisions:read'

/** A registered resource and client, and a server that runs on them. */
export interface ServingWorld {
  readonly folder: WorkingFolder
  readonly server: ServingProcess
  readonly clientSecret: string
  /** Flags that name the server and the client; `variables` hold the secret. */
  readonly credentials: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** Registers, and starts `mintmark serve` with `flags`. Everything ends with the test. */
export async function servingWorld(
  test: TestContext,
  flags: readonly string[] = [],
): Promise<ServingWorld> {
  const folder = workingFolder(test)
  await folder.document(['resource', 'create', '--id', the.audience, '--scope', scope])
  const client = ['client', 'create', '--id', the.clientId, '--scope', scope]
  const clientSecret = String((await folder.document(client)).client_secret)
  const server = await folder.serve(flags)
  return {
    folder,
    server,
    clientSecret,
    credentials: ['--issuer', server.issuer, '--client-id', the.clientId],
    variables: { MINTMARK_CLIENT_SECRET: clientSecret },
  }
}

/** Sends what `curl -u id:secret -d grant_type=client_credentials` sends. */
export function requestToken(
  server: ServingProcess,
  clientId: string,
  clientSecret: string,
): Promise<Response> {
  return fetch(server.tokenEndpoint, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  })
}

/** Starts an API that wants `decisions:read` and echoes what it is sent; returns its origin. */
export async function startApi(test: TestContext, issuer: string): Promise<string> {
  const guard = createGuard({ issuer, audience: the.audience })
  const listener = protect({ guard, scope: 'decisions:read' })((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'x-method': request.method ?? '' })
    request.pipe(response)
  })
  const api = await startLoopbackServer(listener)
  test.after(async () => {
    guard.dispose()
    await api.close()
  })
  return api.origin
}

/** Asks again and again until the answer is yes. The test's own time limit ends a wait in vain. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20)
}
