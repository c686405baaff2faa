/** The two examples of external signers, under an authorization server whose tokens a guard verifies. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  createAuthorizationServer,
  type ExternalSigner,
  sqlite,
} from '@mintmark/authorization-server'
import { createGuard } from '@mintmark/resource-server'
import { eventually, FakeClock, the } from '@mintmark/testkit'
import { startFileSigner } from './file-signer.ts'
import { pkcs11Signer } from './pkcs11-signer.ts'
import { softwareToken } from './software-token.ts'

const TOKENS = 100

test('a key in a file that only another process reads signs tokens, until that process ends [A8]', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-signer-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const keyFile = join(folder, 'key.pem')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  const signer = await startFileSigner('file-2026', keyFile)
  await using rig = await startRig(signer)
  await rig.callWithManyTokens()
  signer.close()
  await eventually(() => assert.notEqual(signer.process.exitCode, null))
  assert.equal((await rig.tokenRequest()).status, 503)
})

test('a key file that cannot be read is told when the signer is started [A8]', async () => {
  await assert.rejects(startFileSigner('file-2026', '/nowhere/key.pem'), /has ended/)
})

test('a key in a PKCS #11 token signs tokens, and goes on after the token was pulled out [A8]', async () => {
  const token = softwareToken('mintmark', '1234')
  const place = { name: 'hsm-2026', label: 'mintmark', pin: '1234', sessionsMax: 4 }
  await using rig = await startRig(await pkcs11Signer(token, place))
  await rig.callWithManyTokens()
  assert.ok(token.openSessions <= 4)
  token.remove()
  assert.equal((await rig.tokenRequest()).status, 503)
  token.insert()
  await eventually(async () => assert.equal((await rig.tokenRequest()).status, 200))
  await rig.callWithManyTokens()
})

test('a PKCS #11 token with another PIN or without the key is told when the signer is made [A8]', async () => {
  const token = softwareToken('mintmark', '1234')
  const place = { name: 'hsm', label: 'mintmark', pin: '1234', sessionsMax: 1 }
  await assert.rejects(pkcs11Signer(token, { ...place, pin: '0' }), /CKR_PIN_INCORRECT/)
  await assert.rejects(pkcs11Signer(token, { ...place, label: 'x' }), /CKR_OBJECT_HANDLE_INVALID/)
})

async function startRig(signer: ExternalSigner) {
  const { issuer, audience } = the
  // Its time stands still: a signer is not late, and the server not overloaded, because the machine is slow.
  const clock = new FakeClock()
  const storage = sqlite(':memory:')
  const server = await createAuthorizationServer({ issuer, storage, clock, signers: [signer] })
  await server.registry.createResource({ id: audience, scope: the.scope })
  const created = await server.registry.createClient({ id: the.clientId, scope: the.scope })
  assert.ok(created.ok)
  const authorization = `Basic ${btoa(`${the.clientId}:${created.value.clientSecret?.reveal()}`)}`
  const transport = (input: string | URL | Request, init?: RequestInit) =>
    server.fetch(new Request(input, init))
  const guard = createGuard({ issuer, audience, transport, clock })
  const tokenRequest = (): Promise<Response> =>
    server.fetch(
      new Request(the.tokenEndpoint, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      }),
    )
  return {
    tokenRequest,
    /** Asks for all of them at once; a guard admits each. */
    async callWithManyTokens(): Promise<void> {
      const responses = await Promise.all(Array.from({ length: TOKENS }, tokenRequest))
      for (const response of responses) {
        const { access_token: token } = (await response.json()) as { access_token: string }
        const headers = new Headers({ authorization: `Bearer ${token}` })
        assert.ok((await guard.check({ headers })).admitted)
      }
    },
    async [Symbol.asyncDispose]() {
      guard.dispose()
      await server.close()
    },
  }
}
