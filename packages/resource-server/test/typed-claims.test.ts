/** The claims of an admission in the application's own type: what reads them, and who is refused by it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GuardOptions, VerifiedClaims } from '@mintmark/resource-server'
import { some } from '@mintmark/testkit'
import { carrying, guardWorld, signedToken } from './guard-world.ts'

interface PartnerClaims {
  readonly tenant: string
  readonly client: string
}

/** As an application would write it; `undefined` for claims of somebody else. */
function partnerClaims(verified: VerifiedClaims): PartnerClaims | undefined {
  const { tenant } = verified
  return typeof tenant === 'string' ? { tenant, client: verified.client_id } : undefined
}

const withTenant = (tenant: unknown) =>
  signedToken({
    claims: { ...some.claims(), ...(tenant === undefined ? {} : { tenant }) } as never,
  })

test('an admission shows what the application made of the claims, at first sight and later [R7]', async () => {
  const { check } = guardWorld({ claims: partnerClaims })
  const token = withTenant('credicorp')
  for (let at = 0; at < 2; at += 1) {
    const verdict = await check(token)
    assert.ok(verdict.admitted)
    const { tenant, client }: PartnerClaims = verdict.claims
    assert.deepEqual([tenant, client, verdict.clientId], ['credicorp', 'partner-a', 'partner-a'])
    assert.throws(() => Object.assign(verdict.claims, { tenant: 'other' }), TypeError)
    // @ts-expect-error: what the function did not answer is not there.
    assert.equal(verdict.claims.iss, undefined)
  }
})

test('the claims are read once for each token [R7] [R3]', async () => {
  let reads = 0
  const { check } = guardWorld({ claims: () => ({ reads: ++reads }) })
  const token = withTenant('a')
  for (let at = 0; at < 3; at += 1) await check(token)
  assert.equal(reads, 1)
})

test('a scope predicate gets the same claims [R7]', async () => {
  const { guard } = guardWorld({ claims: partnerClaims })
  const request = carrying(withTenant('credicorp'))
  const ofTenant = (tenant: string) =>
    guard.check(request, {
      scope: (scope, claims) => scope.has('decisions:read') && claims.tenant === tenant,
    })
  assert.equal((await ofTenant('credicorp')).admitted, true)
  assert.equal((await ofTenant('other')).admitted, false)
  // @ts-expect-error: a predicate cannot ask for claims that are not read.
  await guard.check(request, { scope: (_scope, claims) => claims.organisation === 'credicorp' })
})

const refusing: readonly [string, (verified: VerifiedClaims) => PartnerClaims | undefined][] = [
  ['answers undefined', partnerClaims],
  [
    'throws, with a claim in its message',
    (verified) => {
      throw new Error(`not a tenant: ${verified.sub}`)
    },
  ],
]
for (const [title, claims] of refusing) {
  test(`a token is refused for which the function ${title}; nothing of it is repeated [R7] [R4]`, async () => {
    const { check, events } = guardWorld({ claims })
    const verdict = await check(withTenant(7))
    assert.ok(!verdict.admitted)
    assert.deepEqual([verdict.code, verdict.status], ['claims_refused', 401])
    const said = JSON.stringify([verdict, events])
    for (const text of ['partner-a', 'not a tenant']) assert.ok(!said.includes(text))
  })
}

test('a good token of another time is not what a reader decides: it is asked last', async () => {
  let reads = 0
  const { check } = guardWorld({ claims: () => ({ reads: ++reads }) })
  await check(signedToken({ claims: some.claims({ exp: 1 }) }))
  await check(signedToken({ claims: some.claims({ aud: 'https://other.example' }) }))
  assert.equal(reads, 0)
})

test('a reader cannot change what the guard decides by', async () => {
  const { check } = guardWorld({
    claims(verified) {
      Object.assign(verified, { cnf: undefined })
      return verified
    },
  })
  const verdict = await check(withTenant('a'))
  assert.ok(!verdict.admitted)
  assert.equal(verdict.code, 'claims_refused')
})

test('a reader that answers a promise is a mistake, and admits nothing', async () => {
  const claims = async (verified: VerifiedClaims) => verified
  const { check } = guardWorld({ claims })
  await assert.rejects(check(withTenant('a')), TypeError)
})

test('what is no function is no reader', () => {
  const options = { claims: {} } as unknown as GuardOptions
  assert.throws(() => guardWorld(options), TypeError)
})
