/** What every adapter does with tokens that are bound to a key: it shows the guard method and URL, and tells nonces. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GuardOptions } from '@mintmark/resource-server'
import { guardWorld } from '../guard-world.ts'
import { boundToken, proofFor, publicOrigin } from '../sender-binding/bound-requests.ts'
import type { Serve, ServedApplication } from './served-application.ts'

const token = boundToken()
const dpopNonceKey = new Uint8Array(32).fill(9)

/** Sends a request with a proof of its own. */
async function sendBound(
  application: ServedApplication,
  { method = 'GET', path = '/decisions' },
  claims: Record<string, unknown> = {},
) {
  const proof = await proofFor(token, {
    claims: { htm: method, htu: publicOrigin + path, ...claims },
  })
  const headers = [
    ['Authorization', `DPoP ${token}`],
    ['DPoP', proof],
  ] as const
  return application.send({ method, path, headers, ...(method === 'POST' && { body: 'x' }) })
}

export function boundTokenContract(name: string, serve: Serve): void {
  async function serving(
    options: GuardOptions,
    behaviour: (
      application: ServedApplication,
      world: ReturnType<typeof guardWorld>,
    ) => Promise<void>,
  ): Promise<void> {
    const world = guardWorld({ publicOrigin, ...options })
    const application = await serve({ guard: world.guard })
    try {
      await behaviour(application, world)
    } finally {
      await application.close()
    }
  }

  describe(`the ${name} adapter and tokens bound to a key`, () => {
    test('lets them through with a proof for this method and URL, mounted or not [R5] [R8]', async () => {
      await serving({}, async (application) => {
        for (const path of ['/decisions', '/decisions?page=2', '/mounted/decisions?page=2']) {
          for (const method of ['GET', 'POST']) {
            assert.equal((await sendBound(application, { method, path })).status, 200, path)
          }
          const elsewhere = { htu: `${publicOrigin}/elsewhere` }
          assert.equal((await sendBound(application, { path }, elsewhere)).status, 401)
          const otherwise = { htm: 'DELETE' }
          assert.equal((await sendBound(application, { path }, otherwise)).status, 401)
        }
      })
    })

    test('refuses two proofs, and challenges with both schemes [R4] [R5] [R8]', async () => {
      await serving({}, async (application) => {
        const headers: (readonly [string, string])[] = [['Authorization', `DPoP ${token}`]]
        for (let at = 0; at < 2; at += 1) headers.push(['DPoP', await proofFor(token)])
        const { status, headers: answered } = await application.send({ headers })
        assert.equal(status, 401)
        const challenge = answered.get('www-authenticate') ?? ''
        assert.match(challenge, /^DPoP realm="api", error="invalid_dpop_proof", /)
        assert.match(challenge, /, Bearer realm="api"$/)
      })
    })

    test('tells the nonce to use, and the next one beside an answer [R5] [R8]', async () => {
      const options = { dpopNonces: 'required', dpopNonceKey } as const
      await serving(options, async (application, { clock }) => {
        const refused = await sendBound(application, {})
        assert.equal(refused.status, 401)
        const nonce = refused.headers.get('dpop-nonce')
        const first = await sendBound(application, {}, { nonce })
        assert.deepEqual([first.status, first.headers.has('dpop-nonce')], [200, false])
        await clock.advance(60_000)
        const second = await sendBound(application, {}, { nonce })
        assert.equal(second.status, 200)
        const next = second.headers.get('dpop-nonce')
        assert.notEqual(next, nonce)
        assert.equal((await sendBound(application, {}, { nonce: next })).status, 200)
      })
    })
  })
}
