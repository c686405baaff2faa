import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { type SignatureEngine, webEngine } from '@mintmark/jwt'
import { some, the } from '@mintmark/testkit'
import { guardWorld, signedToken } from './guard-world.ts'

async function admit(token: string, engine?: SignatureEngine) {
  const verdict = await guardWorld(engine === undefined ? {} : { engine }).check(token)
  assert.ok(verdict.admitted)
  return verdict
}

describe('an admission', () => {
  test('says who may do what, and until when', async () => {
    const admission = await admit(signedToken())
    assert.equal(admission.issuer, the.issuer)
    assert.equal(admission.clientId, the.clientId)
    assert.equal(admission.subject, the.clientId)
    assert.deepEqual(admission.audience, [the.audience])
    assert.equal(admission.scope.text, the.scope)
    assert.equal(admission.expiresAtWallMs, (the.nowSeconds + 3600) * 1000)
    assert.deepEqual(admission.claims, some.claims())
  })

  test('keeps every claim, whatever it is called', async () => {
    const claims = some.claims({ tenant: { id: 7, tags: ['a', 'b'] }, toString: 'mine' })
    const admission = await admit(signedToken({ claims }))
    assert.deepEqual(admission.claims.tenant, { id: 7, tags: ['a', 'b'] })
    assert.equal(admission.claims.toString, 'mine')
  })

  test('keeps a claim called __proto__ as a claim', async () => {
    const text = JSON.stringify(some.claims()).replace('{', '{"__proto__":{"scope":"admin"},')
    const admission = await admit(signedToken({ claims: text }))
    assert.ok(Object.hasOwn(admission.claims, '__proto__'))
    assert.equal(Object.getPrototypeOf(admission.claims), Object.prototype)
    assert.equal(admission.scope.has('admin'), false)
  })

  test('has a list of audiences, also for one', async () => {
    const aud = ['https://other.example', the.audience]
    const admission = await admit(signedToken({ claims: some.claims({ aud }) }))
    assert.deepEqual(admission.audience, aud)
  })

  test('cannot be changed by one request for another', async () => {
    const claims = some.claims({ aud: [the.audience], tenant: { tags: ['a'] } })
    const admission = await admit(signedToken({ claims }))
    const { tenant } = admission.claims
    const parts = [admission, admission.claims, admission.audience, tenant, admission.scope]
    for (const part of [...parts, (tenant as { tags: object }).tags, admission.scope.tokens]) {
      assert.ok(Object.isFrozen(part))
    }
  })

  for (const scope of [the.scope, '', undefined]) {
    test(`gives no other token what an application added to its scope ${scope} [R7]`, async () => {
      const world = guardWorld()
      const claims = (jti: string) => some.claims({ scope, jti })
      const admission = await world.check(signedToken({ claims: claims('1') }))
      assert.ok(admission.admitted)
      assert.throws(() => (admission.scope.tokens as string[]).push('admin'), TypeError)
      assert.throws(() => Object.assign(admission.scope, { has: () => true }), TypeError)
      const other = await world.check(signedToken({ claims: claims('2') }), 'admin')
      assert.equal(other.admitted, false)
    })
  }

  for (const [name, engine] of [
    ['node:crypto', undefined],
    ['WebCrypto', webEngine()],
  ] as const) {
    test(`names its token by the first 16 characters of its SHA-256 with ${name} [C10]`, async () => {
      const token = signedToken()
      const admission = await admit(token, engine)
      const digest = createHash('sha256').update(token).digest('hex')
      assert.equal(await admission.tokenFingerprint(), digest.slice(0, 16))
    })
  }

  test('does not show its token when printed [C10]', async () => {
    const token = signedToken()
    const admission = await admit(token)
    const printed = inspect(admission, { depth: 9, showHidden: true }) + JSON.stringify(admission)
    for (const segment of token.split('.')) assert.equal(printed.includes(segment), false)
  })
})
