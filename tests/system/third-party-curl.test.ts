/** The command that every page about OAuth shows. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { type Credentials, thirdPartyWorld } from './third-party-world.ts'

const ways: Readonly<Record<string, (credentials: Credentials) => readonly string[]>> = {
  '-u id:secret': ({ id, secret }) => ['-u', `${id}:${secret}`],
  '--data-urlencode': ({ id, secret }) => [
    ...['--data-urlencode', `client_id=${id}`],
    ...['--data-urlencode', `client_secret=${secret}`],
  ],
}

for (const credentials of ['plain', 'odd'] as const) {
  for (const [way, parametersFor] of Object.entries(ways)) {
    test(`curl gets a token with ${credentials} credentials by ${way} [A1]`, async (t) => {
      const world = await thirdPartyWorld(t)
      const own = parametersFor(world[credentials])
      const body = await runCurl(
        ...['-d', 'grant_type=client_credentials', '-d', 'scope=read write', ...own],
        world.running.server.tokenEndpoint,
      )
      const { access_token } = JSON.parse(body) as { access_token: unknown }
      const claims = await world.verified(access_token)
      assert.deepEqual([claims.client_id, claims.scope], [world[credentials].id, 'read write'])
    })
  }
}

test('curl finds the token endpoint in the metadata, and sends JSON [A1] [A5]', async (t) => {
  const world = await thirdPartyWorld(t)
  const metadata = await runCurl(`${world.issuer}/.well-known/oauth-authorization-server`)
  const { token_endpoint } = JSON.parse(metadata) as { token_endpoint: string }
  const { id, secret } = world.plain
  const request = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
  const body = await runCurl('--json', JSON.stringify(request), token_endpoint)
  await world.verified((JSON.parse(body) as { access_token: unknown }).access_token)
})

test('curl shows why there is no token [A1]', async (t) => {
  const world = await thirdPartyWorld(t)
  const form = ['-u', 'third-party:wrong', '-d', 'grant_type=client_credentials']
  const shown = await runCurl('-i', ...form, world.running.server.tokenEndpoint)
  assert.match(shown, /^HTTP\/1\.1 401 Unauthorized\r\n/)
  assert.match(shown, /\r\nWWW-Authenticate: Basic /)
  assert.match(shown, /"error":"invalid_client"/)
})

/** Runs curl without the settings of whoever runs the tests, and gives what it prints. */
async function runCurl(...parameters: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['-q', '-sS', ...parameters])
  return stdout
}
