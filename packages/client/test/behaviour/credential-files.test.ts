import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  clientAssertion,
  clientSecretPost,
  privateKeyJwt,
  type TokenClientOptions,
} from '@mintmark/client'
import { textFile } from '@mintmark/client/file'
import { encodeBase64urlText } from '@mintmark/jwt'
import { findSecret, fixtureKeys, the } from '@mintmark/testkit'
import { clientWorld, failureOf, tokenError } from '../client-world.ts'

/** A file in a folder of its own, and the way to replace it as secret stores do. */
async function withFile(
  use: (path: string, replace: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mintmark-'))
  const path = join(folder, 'secret-of-partner-a')
  const replace = async (text: string): Promise<void> => {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }
  try {
    await use(path, replace)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A client of an endpoint that accepts the form field `name` with the value `wanted` only. */
function world(options: Partial<TokenClientOptions>, name: string, wanted: string) {
  const made = clientWorld(options, { expiresInSeconds: 300 })
  made.network.respond(the.tokenEndpoint, async (request) => {
    const form = new URLSearchParams(await request.clone().text())
    if (form.get(name) !== wanted) return tokenError('invalid_client', 401)()
    return made.tokenEndpoint.responder(request)
  })
  return made
}

test('gets a token as soon as the file holds the right secret, without a restart [C7] [C11]', async () => {
  await withFile(async (path, replace) => {
    await replace('the-old-secret-of-partner-a')
    const clientAuthentication = clientSecretPost(textFile(path))
    const { client, network } = world({ clientAuthentication }, 'client_secret', the.clientSecret)
    assert.equal((await failureOf(client.token())).code, 'client_refused')
    assert.equal((await failureOf(client.token())).attempts, 0)
    await replace(`${the.clientSecret}\n`)
    await client.token()
    assert.equal(network.requests.length, 2)
  })
})

test('serves the valid token while the file cannot be read, and says why there is no other [C7] [C11]', async () => {
  await withFile(async (path, replace) => {
    await replace(the.clientSecret)
    const clientAuthentication = clientSecretPost(textFile(path))
    const { client, clock, events, network } = world(
      { clientAuthentication },
      'client_secret',
      the.clientSecret,
    )
    const token = await client.token()
    await rm(path)
    await clock.advance(260_000)
    assert.equal(await client.token(), token)
    const isTold = () => events.some(({ type }) => type === 'credential_unavailable')
    while (!isTold()) await clock.advance(1)
    const told = events.find(({ type }) => type === 'credential_unavailable')
    assert.deepEqual(told, { type: 'credential_unavailable', position: 1, causeCode: 'ENOENT' })
    assert.equal(await client.token(), token)
    client.forget()
    await clock.advance(5_000)
    const error = await failureOf(client.token())
    assert.deepEqual(
      [error.code, error.kind, error.causeCode, error.attempts],
      ['credential_unavailable', 'transient', 'ENOENT', 0],
    )
    assert.equal(network.requests.length, 1)
    const printed = inspect([error, events, client.explain()], { depth: 9 })
    assert.equal(findSecret(printed, path), undefined)
    assert.equal(findSecret(printed, the.clientSecret), undefined)
  })
})

test('reads a key from a file for each attempt, as PEM or as JWK [C11]', async () => {
  await withFile(async (path, replace) => {
    const clientAuthentication = privateKeyJwt({ key: textFile(path) })
    const { client, network } = clientWorld({ clientAuthentication })
    const seen: unknown[] = []
    for (const algorithm of ['ES256', 'EdDSA'] as const) {
      await replace(JSON.stringify(fixtureKeys[algorithm]))
      client.forget()
      await client.token()
      const form = new URLSearchParams(network.requests.at(-1)?.body)
      const [header = ''] = (form.get('client_assertion') ?? '').split('.')
      seen.push(JSON.parse(atob(header)).alg)
    }
    assert.deepEqual(seen, ['ES256', 'EdDSA'])
  })
})

/** An assertion as a platform puts it into a file; nobody here verifies its signature. */
function platformAssertion(issuedAt: number): string {
  const claims = {
    iss: 'https://platform.example',
    sub: 'partner-a',
    aud: the.issuer,
    iat: issuedAt,
  }
  const parts = [{ alg: 'RS256' }, claims].map((part) => encodeBase64urlText(JSON.stringify(part)))
  return `${parts.join('.')}.c2lnbmF0dXJl`
}

test('sends the assertion of the platform as it stands in the file, read anew each time [C11]', async () => {
  await withFile(async (path, replace) => {
    const stale = platformAssertion(the.nowSeconds - 7_200)
    const fresh = platformAssertion(the.nowSeconds)
    await replace(`${stale}\n`)
    const clientAuthentication = clientAssertion(textFile(path))
    const { client, network } = world({ clientAuthentication }, 'client_assertion', fresh)
    assert.equal((await failureOf(client.token())).code, 'client_refused')
    assert.equal((await failureOf(client.token())).attempts, 0)
    await replace(`${fresh}\n`)
    await client.token()
    const form = new URLSearchParams(network.requests.at(-1)?.body)
    form.sort()
    assert.deepEqual(
      [...form],
      [
        ['client_assertion', fresh],
        ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
        ['client_id', the.clientId],
        ['grant_type', 'client_credentials'],
        ['scope', the.scope],
      ],
    )
  })
})

test('is not talked into asking by a source that makes a new assertion each time [C7] [C11]', async () => {
  let made = 0
  const clientAuthentication = clientAssertion(() => {
    made += 1
    return platformAssertion(the.nowSeconds).replace('c2lnbmF0dXJl', `c2lnbmF0dXJl${1_000 + made}`)
  })
  const { client, network } = world({ clientAuthentication }, 'client_assertion', 'none of them')
  for (let call = 0; call < 100; call += 1) await failureOf(client.token())
  assert.equal(made, 100)
  assert.equal(network.requests.length, 1)
})

test('sends nothing that is no assertion [C11]', async () => {
  for (const given of ['', 'two words', 'ümläut', 7, undefined, 'a'.repeat(65_537)]) {
    const clientAuthentication = clientAssertion(() => given as string)
    const { client, network } = clientWorld({ clientAuthentication })
    assert.equal((await failureOf(client.token())).code, 'credential_unavailable')
    assert.equal(network.requests.length, 0)
  }
  assert.throws(() => clientAssertion('a.b.c' as unknown as () => string), TypeError)
})
