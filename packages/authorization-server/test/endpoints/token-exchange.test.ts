import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { someProof } from '../sender-binding/proofs.ts'
import {
  basicOf,
  registerClient,
  type Serving,
  serving,
  type TokenAnswer,
  the,
} from '../serving.ts'

const front = 'https://front.example'
const back = 'https://back.example'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: accessToken,
}

/** A caller with grants at both APIs; the front API, which may exchange, and may have more than the caller behind. */
async function chain(more: { readonly tokenFormat?: 'jwt' | 'opaque' } = {}) {
  const world = await serving()
  const { registry } = world.server
  await registry.createResource({ id: front, scope: 'front:call', lifetimeSeconds: 300 })
  await registry.createResource({ id: back, scope: 'back:read back:write back:admin', ...more })
  const register = async (draft: Parameters<typeof registerClient>[1]) =>
    basicOf(draft.id, (await registerClient(world.server, draft)).reveal())
  const caller = await register({ id: 'caller', scope: 'front:call back:read back:write' })
  const api = await register({
    id: 'front-api',
    scope: 'back:read back:admin',
    servesResources: [front],
    settings: { exchangesTokens: true },
  })
  const tokenOf = async (basic: string, form: Record<string, string>) => {
    const response = await world.post('/oauth/token', form, { authorization: basic })
    return ((await response.json()) as TokenAnswer).access_token
  }
  const received = await tokenOf(caller, { grant_type: 'client_credentials', resource: front })
  const ask = (form: Record<string, string>, by = api, headers = {}) => {
    const whole = { ...exchange, subject_token: received, scope: 'back:read', ...form }
    return world.post('/oauth/token', whole, { authorization: by, ...headers })
  }
  return { ...world, caller, api, received, ask, register, tokenOf }
}

function lastReason({ events }: Pick<Serving, 'events'>): string | undefined {
  return events.findLast((event) => event.type === 'request_refused')?.reason
}

for (const tokenFormat of ['jwt', 'opaque'] as const) {
  test(`an API gets a ${tokenFormat} token to act for its caller, which says so [A7]`, async () => {
    await using world = await chain({ tokenFormat })
    await world.clock.advance(100_000)
    const response = await world.ask({ resource: back })
    const { access_token, ...answer } = (await response.json()) as TokenAnswer
    assert.deepEqual(answer, {
      token_type: 'Bearer',
      expires_in: 199,
      scope: 'back:read',
      issued_token_type: accessToken,
    })
    const form = { token: access_token }
    const about = await world.post('/oauth/introspect', form, { authorization: world.api })
    const { active, sub, client_id, aud, act } = (await about.json()) as Record<string, unknown>
    assert.deepEqual(
      { active, sub, client_id, aud, act },
      { active: true, sub: 'caller', client_id: 'front-api', aud: back, act: { sub: 'front-api' } },
    )
    if (tokenFormat === 'jwt') assert.equal(decodeJwt(access_token).sub, 'caller')
  })
}

const refusals: readonly (readonly [
  what: string,
  form: Record<string, string>,
  error: string,
  reason: string,
])[] = [
  [
    'a scope that the caller may not have',
    { scope: 'back:admin' },
    'invalid_scope',
    'scope_exceeds_ceiling',
  ],
  [
    'a scope that the API may not have',
    { scope: 'back:write' },
    'invalid_scope',
    'scope_exceeds_ceiling',
  ],
  ['everything that the API may have', { scope: '*' }, 'invalid_scope', 'scope_exceeds_ceiling'],
  [
    'a resource that neither may use',
    { resource: the.audience },
    'invalid_target',
    'resource_not_granted',
  ],
  ['no subject token', { subject_token: '' }, 'invalid_request', 'subject_token_missing'],
  [
    'garbage as the subject token',
    { subject_token: 'x' },
    'invalid_request',
    'subject_token_unusable',
  ],
  ['no type', { subject_token_type: '' }, 'invalid_request', 'token_type_not_supported'],
  [
    'another type',
    { subject_token_type: `${accessToken}x` },
    'invalid_request',
    'token_type_not_supported',
  ],
  [
    'another type wanted',
    { requested_token_type: 'x' },
    'invalid_request',
    'token_type_not_supported',
  ],
  ['an actor token', { actor_token: 'x' }, 'invalid_request', 'actor_token_present'],
  [
    'authorization details',
    { authorization_details: '[{"type":"a"}]' },
    'invalid_authorization_details',
    'authorization_details_not_granted',
  ],
]

for (const [what, form, error, reason] of refusals) {
  test(`an exchange with ${what} is refused [A7]`, async () => {
    await using world = await chain()
    const response = await world.ask(form)
    assert.equal(((await response.json()) as { error: string }).error, error)
    assert.deepEqual([response.status, lastReason(world)], [400, reason])
  })
}

test('a client without the permission exchanges nothing, not even its own token [A7]', async () => {
  await using world = await chain()
  const response = await world.ask({}, world.caller)
  assert.equal(((await response.json()) as { error: string }).error, 'unauthorized_client')
})

test('an API exchanges only what was meant for it [A7]', async () => {
  await using world = await chain()
  const elsewhere = await world.tokenOf(world.caller, {
    grant_type: 'client_credentials',
    resource: back,
  })
  assert.equal((await world.ask({ subject_token: elsewhere })).status, 400)
  assert.equal(lastReason(world), 'subject_token_unusable')
})

test('a token dies with the client in whose place somebody acts, and is not made anew [A7] [A9]', async () => {
  await using world = await chain()
  const { access_token: token } = (await (await world.ask({})).json()) as TokenAnswer
  const isActive = async () => {
    const headers = { authorization: world.api }
    const about = await world.post('/oauth/introspect', { token }, headers)
    return ((await about.json()) as { active: boolean }).active
  }
  assert.equal(await isActive(), true)
  await world.server.registry.setClientDisabled('caller', true)
  assert.equal(await isActive(), false)
  assert.equal((await world.ask({})).status, 400)
})

test('a subject token that is about to end is not exchanged [A7]', async () => {
  await using world = await chain()
  await world.clock.advance(299_000)
  assert.equal((await world.ask({})).status, 400)
  assert.equal(lastReason(world), 'subject_token_unusable')
})

test('the actors of a chain stand in the token, the last first, and there are at most four [A7]', async () => {
  await using world = await chain()
  const { registry } = world.server
  const settings = { exchangesTokens: true }
  const scope = Array.from({ length: 6 }, (_, at) => `hop${at}`).join(' ')
  for (let at = 0; at < 6; at++) {
    await registry.createResource({ id: `https://hop${at}.example`, scope: `hop${at}` })
  }
  const start = await world.register({ id: 'start', scope })
  let token = await world.tokenOf(start, { grant_type: 'client_credentials', scope: 'hop0' })
  const actors: unknown[] = []
  for (let at = 0; at < 5; at++) {
    const servesResources = [`https://hop${at}.example`]
    const by = await world.register({ id: `hop${at}`, scope, servesResources, settings })
    const response = await world.ask({ subject_token: token, scope: `hop${at + 1}` }, by)
    if (at === 4) return assert.equal(response.status, 400)
    token = ((await response.json()) as TokenAnswer).access_token
    actors.unshift(`hop${at}`)
    const { act, sub } = decodeJwt<{ act: { sub: string; act?: object } }>(token)
    assert.equal(sub, 'start')
    const said: unknown[] = []
    for (let one: { sub?: string; act?: object } | undefined = act; one; one = one.act) {
      said.push(one.sub)
    }
    assert.deepEqual(said, actors)
  }
})

test('an exchanged token is bound to the key of the API that acts [A7]', async () => {
  await using world = await chain()
  const response = await world.ask({}, world.api, { dpop: await someProof() })
  const { access_token, token_type } = (await response.json()) as TokenAnswer
  assert.equal(token_type, 'DPoP')
  assert.ok(decodeJwt<{ cnf?: { jkt: string } }>(access_token).cnf?.jkt)
})
