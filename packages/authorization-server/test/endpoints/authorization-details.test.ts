import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { basicOf, registerClient, type Serving, serving, the } from '../serving.ts'

const payments = 'https://payments.example'
const ledger = 'https://ledger.example'
const payment = { type: 'payment', actions: ['initiate'], amount: { currency: 'EUR', value: 12.5 } }

interface Answer {
  readonly access_token: string
  readonly authorization_details?: unknown
  readonly error?: string
}

/** A resource of payments, one of accounts, and a client of both. */
async function detailedWorld(tokenFormat: 'jwt' | 'opaque' = 'jwt') {
  const world = await serving()
  const { registry } = world.server
  await registry.createResource({
    id: payments,
    scope: 'pay introspect',
    tokenFormat,
    settings: {
      authorizationDetailsTypes: ['payment', 'plain'],
      authorizationDetailsMembers: { payment: ['amount', 'creditor'] },
    },
  })
  const settings = { authorizationDetailsTypes: ['account'] }
  await registry.createResource({ id: ledger, scope: 'read', tokenFormat, settings })
  const types = ['payment', 'account', 'unknown']
  const client = { id: 'paying', settings: { authorizationDetailsTypes: types } }
  const scope = 'pay read introspect'
  const secret = (await registerClient(world.server, { ...client, scope })).reveal()
  const authorization = basicOf('paying', secret)
  const ask = async (details: unknown, more: Record<string, string> = { resource: payments }) => {
    const authorization_details = typeof details === 'string' ? details : JSON.stringify(details)
    const form = { grant_type: 'client_credentials', authorization_details, ...more }
    const response = await world.post('/oauth/token', form, { authorization })
    return { status: response.status, ...((await response.json()) as Answer) }
  }
  const introspect = async (token: string, by = authorization) => {
    const response = await world.post('/oauth/introspect', { token }, { authorization: by })
    return (await response.json()) as { readonly authorization_details?: unknown }
  }
  return { ...world, ask, introspect }
}

function lastReason({ events }: Pick<Serving, 'events'>): string | undefined {
  return events.findLast((event) => event.type === 'request_refused')?.reason
}

for (const format of ['jwt', 'opaque'] as const) {
  test(`details are granted as asked for, and stand in response, ${format} token and introspection [A7]`, async () => {
    await using world = await detailedWorld(format)
    const details = [payment, { ...payment, creditor: { name: 'Müller 🏦 "&Söhne"' } }]
    const answer = await world.ask(details)
    assert.deepEqual(answer.authorization_details, details)
    if (format === 'jwt') {
      assert.deepEqual(decodeJwt(answer.access_token).authorization_details, details)
    }
    const said = await world.introspect(answer.access_token)
    assert.deepEqual(said.authorization_details, details)
  })
}

test('a token has the details of its own request: none are kept for the next [A7]', async () => {
  await using world = await detailedWorld()
  const detailsOf = async (details: unknown) =>
    decodeJwt((await world.ask(details)).access_token).authorization_details
  const other = { ...payment, amount: { currency: 'EUR', value: 1 } }
  assert.deepEqual(await detailsOf([payment]), [payment])
  assert.deepEqual(await detailsOf([other]), [other])
  assert.equal(await detailsOf(''), undefined)
})

const refused: readonly (readonly [what: string, details: unknown, reason?: string])[] = [
  ['no JSON', 'payment', 'authorization_details_malformed'],
  ['an empty array', [], 'authorization_details_malformed'],
  ['no type', [{ actions: ['initiate'] }], 'authorization_details_malformed'],
  [
    'actions that are text',
    [{ ...payment, actions: 'initiate' }],
    'authorization_details_malformed',
  ],
  ['a type that nobody knows', [{ type: 'gift' }]],
  ['a type that the client may not ask for', [{ type: 'plain' }]],
  ['a type that no resource understands', [{ type: 'unknown' }]],
  ['a type of another resource', [{ type: 'account' }]],
  ['one good object and a bad one', [payment, { type: 'gift' }]],
  ['a member that the type does not have', [{ ...payment, discount: 1 }]],
  ['a location beyond the audience', [{ ...payment, locations: [ledger] }]],
  ['one location of two beyond the audience', [{ ...payment, locations: [payments, ledger] }]],
  ['a type that every object inherits', [{ type: 'constructor' }]],
]

for (const [what, details, reason = 'authorization_details_not_granted'] of refused) {
  test(`details with ${what} are refused with invalid_authorization_details [A7]`, async () => {
    await using world = await detailedWorld()
    const { status, error } = await world.ask(details)
    assert.deepEqual([status, error], [400, 'invalid_authorization_details'])
    assert.equal(lastReason(world), reason)
  })
}

test('details that do not fit into a token are refused [A4] [A7]', async () => {
  await using world = await detailedWorld()
  const creditor = 'ü'.repeat(1_900)
  assert.equal((await world.ask([{ ...payment, creditor }])).status, 400)
  assert.equal(lastReason(world), 'token_too_large')
})

test('a resource server sees the details that concern it and no others [A7]', async () => {
  await using world = await detailedWorld()
  const account = { type: 'account', actions: ['read'] }
  const located = { ...payment, locations: [payments] }
  const scope = 'pay read'
  const { access_token: token } = await world.ask([payment, located, account], { scope })
  const server = async (id: string, resource: string): Promise<string> => {
    const draft = { id, scope: '', servesResources: [resource] }
    return basicOf(id, (await registerClient(world.server, draft)).reveal())
  }
  const atPayments = await world.introspect(token, await server('payments', payments))
  const atLedger = await world.introspect(token, await server('ledger', ledger))
  assert.deepEqual(atPayments.authorization_details, [payment, located])
  assert.deepEqual(atLedger.authorization_details, [account])
  const bearer = (await world.ask('', { scope: 'introspect' })).access_token
  const { authorization_details } = await world.introspect(token, `Bearer ${bearer}`)
  assert.deepEqual(authorization_details, [payment, located])
})

test('the metadata says which types there are, from the moment they are registered [A5] [A7]', async () => {
  await using world = await serving()
  const types = async () => {
    const response = await world.server.fetch(new Request(the.metadataUrl))
    const document = (await response.json()) as Record<string, unknown>
    return document.authorization_details_types_supported
  }
  assert.equal(await types(), undefined)
  const settings = { authorizationDetailsTypes: ['payment'] }
  await world.server.registry.createResource({ id: payments, scope: 'pay', settings })
  assert.deepEqual(await types(), ['payment'])
})

test('whatever comes as details is granted whole or refused as such [A7]', async () => {
  await using world = await detailedWorld()
  const detail = fc.record(
    { type: fc.constantFrom('payment', 'account', 'x'), amount: fc.jsonValue(), more: fc.string() },
    { requiredKeys: ['type'] },
  )
  const details = fc.oneof(fc.array(detail, { minLength: 1, maxLength: 3 }), fc.json())
  await fc.assert(
    fc.asyncProperty(details, async (sent) => {
      const text = typeof sent === 'string' ? sent : JSON.stringify(sent)
      fc.pre(text !== '')
      const answer = await world.ask(text)
      if (answer.status === 200) assert.deepEqual(answer.authorization_details, JSON.parse(text))
      else assert.equal(answer.error, 'invalid_authorization_details')
    }),
    { numRuns: 100 },
  )
})
