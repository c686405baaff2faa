import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { findSecret, the } from '@mintmark/testkit'
import type { SecretDraft } from '../../src/index.ts'
import { liveSecretsMax, retiredSecretsMax } from '../../src/limits.ts'
import { createSecretSealer } from '../../src/registry/secret-sealing.ts'
import { registryFixture, value, violation } from './registry-world.ts'

const inAnHour = '2026-11-23T13:00:00.000Z'

test('a client has several secrets at once, each with a label and an expiry of its own [A2]', async () => {
  await using world = await registryFixture()
  const { registry, clock } = world
  const draft = { label: 'of the new deployment', expiresAt: '2026-11-23T14:00:00+01:00' }
  const added = value(await registry.addSecret(the.clientId, draft))
  assert.deepEqual(
    { ...added.secret, id: undefined },
    {
      ...{ id: undefined, label: draft.label, state: 'active', hash: 'keyed' },
      ...{ createdAt: '2026-11-23T12:00:00.000Z', expiresAt: inAnHour, retiredAt: undefined },
    },
  )
  assert.match(added.clientSecret.reveal(), new RegExp(`^mm_live_${added.secret.id}_`))
  const states = async () =>
    (await registry.client(the.clientId))?.secrets.map((secret) => secret.state)
  assert.deepEqual(await states(), ['active', 'active'])
  await clock.advance(3_600_000)
  assert.deepEqual((await states())?.toSorted(), ['active', 'expired'])
  const listed = JSON.stringify(await registry.secrets(the.clientId))
  assert.equal(findSecret(listed, added.clientSecret.reveal()), undefined)
})

test('label and expiry of a secret can be changed and taken away [A2]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const { secret } = value(await registry.addSecret(the.clientId, { label: 'old' }))
  const change = { label: 'new', expiresAt: inAnHour }
  const changed = value(await registry.updateSecret(the.clientId, secret.id, change))
  assert.deepEqual([changed.label, changed.expiresAt], ['new', inAnHour])
  const kept = value(await registry.updateSecret(the.clientId, secret.id, {}))
  assert.deepEqual(kept, changed)
  const cleared = { label: null, expiresAt: null }
  assert.deepEqual(value(await registry.updateSecret(the.clientId, secret.id, cleared)), {
    ...{ ...secret, label: undefined, expiresAt: undefined },
  })
})

const refusedSecrets: readonly (readonly [SecretDraft, string])[] = [
  [{ label: '' }, 'label_malformed'],
  [{ label: 'two\nlines' }, 'label_malformed'],
  [{ label: 'x'.repeat(201) }, 'label_malformed'],
  [{ expiresAt: 'tomorrow' }, 'expiry_malformed'],
  [{ expiresAt: '2026-13-01T00:00:00Z' }, 'expiry_malformed'],
  [{ expiresAt: '2027-01-01' }, 'expiry_malformed'],
  [{ expiresAt: '2026-11-23T11:59:59Z' }, 'expiry_past'],
  [{ clientSecret: redact('client secret', 'short') }, 'secret_length'],
  [{ clientSecret: redact('client secret', 'tab\tseparated') }, 'secret_alphabet'],
]

for (const [draft, expected] of refusedSecrets) {
  const shown = JSON.stringify(draft).slice(0, 80)
  test(`a secret with ${shown} is refused as ${expected}`, async () => {
    await using world = await registryFixture()
    assert.equal(violation(await world.registry.addSecret(the.clientId, draft)), expected)
    assert.equal((await world.registry.client(the.clientId))?.secrets.length, 1)
  })
}

test('secrets of clients that are not there, and secrets that are not there, are refused by name', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const answers = [
    await registry.addSecret('nobody'),
    await registry.secrets('nobody'),
    await registry.updateSecret('nobody', 'x', {}),
    await registry.retireSecret('nobody', 'x'),
    await registry.deleteSecret('nobody', 'x'),
  ]
  for (const answer of answers) assert.equal(violation(answer), 'client_unknown')
  const missing = [
    await registry.updateSecret(the.clientId, 'x', {}),
    await registry.retireSecret(the.clientId, 'x'),
    await registry.deleteSecret(the.clientId, 'x'),
  ]
  for (const answer of missing) assert.equal(violation(answer), 'secret_unknown')
})

test('no client has more secrets than ten in use [A2]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  for (let count = 1; count < liveSecretsMax; count++) value(await registry.addSecret(the.clientId))
  assert.equal(violation(await registry.addSecret(the.clientId)), 'secrets_too_many')
  const [first] = (await registry.client(the.clientId))?.secrets ?? []
  value(await registry.retireSecret(the.clientId, first?.id ?? '', { force: true }))
  value(await registry.addSecret(the.clientId))
})

test('a retired secret stays as a tombstone that cannot come back to life [A2]', async () => {
  await using world = await registryFixture()
  const { registry, session } = world
  const clientSecret = redact('client secret', 'brought along from elsewhere')
  const { secret } = value(await registry.addSecret(the.clientId, { clientSecret }))
  assert.equal(violation(await registry.addSecret(the.clientId, { clientSecret })), 'secret_exists')
  const retired = value(await registry.retireSecret(the.clientId, secret.id, { force: true }))
  assert.equal(retired.state, 'retired')
  assert.deepEqual(value(await registry.retireSecret(the.clientId, secret.id)), retired)
  assert.equal(violation(await registry.addSecret(the.clientId, { clientSecret })), 'secret_exists')
  assert.equal(
    violation(await registry.updateSecret(the.clientId, secret.id, { label: 'x' })),
    'secret_retired',
  )
  const stored = (await session.load()).clients[0]?.secrets.find((one) => one.id === secret.id)
  assert.equal(stored?.verifier.kind, 'keyed')
  value(await registry.deleteSecret(the.clientId, secret.id))
  value(await registry.addSecret(the.clientId, { clientSecret }))
})

test('only the newest tombstones are kept [A2]', async () => {
  await using world = await registryFixture()
  const { registry, clock } = world
  const retired: string[] = []
  for (let count = 0; count <= retiredSecretsMax; count++) {
    const { secret } = value(await registry.addSecret(the.clientId))
    await clock.advance(1_000)
    value(await registry.retireSecret(the.clientId, secret.id, { force: true }))
    retired.push(secret.id)
  }
  const kept = (await registry.client(the.clientId))?.secrets.filter(
    (one) => one.state === 'retired',
  )
  assert.deepEqual(kept?.map((one) => one.id).toSorted(), retired.slice(1).toSorted())
})

test('only the secret of a client that signs with it is stored so that it can be read again [A2]', async () => {
  await using world = await registryFixture()
  const { registry, session } = world
  const draft = { id: 'signs', scope: 'other:read', authenticationMethods: ['client_secret_jwt'] }
  const { clientSecret } = value(await registry.createClient(draft))
  const { clients } = await session.load()
  const sealedOf = (id: string) => clients.find((client) => client.id === id)?.secrets[0]
  assert.equal(sealedOf(the.clientId)?.sealed, undefined)
  const secret = sealedOf('signs')
  const sealer = createSecretSealer(session.masterKey, {
    bytes: (length) => new Uint8Array(length),
  })
  const place = { clientId: 'signs', secretId: secret?.id ?? '' }
  const sealed = secret?.sealed ?? new Uint8Array(0)
  assert.equal(sealer.open(sealed, place)?.reveal(), clientSecret?.reveal())
  assert.equal(sealer.open(sealed, { ...place, clientId: 'other' }), undefined)
  assert.equal(sealer.open(sealed.subarray(0, 20), place), undefined)
  assert.equal(sealer.open(new Uint8Array(0), place), undefined)
})

test('a secret in use is retired only by force [A2]', async () => {
  await using world = await registryFixture()
  const { registry, session, clock } = world
  const [secret] = (await registry.client(the.clientId))?.secrets ?? []
  const secretId = secret?.id ?? ''
  const node = { nodeId: 'n', startedAtWallMs: clock.wallMs(), stopped: false }
  const reportAt = async (uses: number) => {
    const usage = { secretId, hourWallMs: Math.floor(clock.wallMs() / 3_600_000) * 3_600_000 }
    const used = uses === 0 ? [] : [{ ...usage, network: '192.0.2.0/24' }]
    await session.recordUsage(used, { ...node, reportedUntilWallMs: clock.wallMs() })
  }
  await reportAt(1)
  assert.equal(violation(await registry.retireSecret(the.clientId, secretId)), 'secret_in_use')
  const [report] = value(await registry.secrets(the.clientId))
  assert.deepEqual(report?.lastUse, { hour: '2026-11-23T12:00:00.000Z', network: '192.0.2.0/24' })
  assert.deepEqual(report?.retirement, {
    ...{ safe: false, reason: 'used', safeFrom: '2026-11-23T13:46:00.000Z' },
  })
  await clock.advance(106 * 60_000)
  await reportAt(0)
  const [last] = value(await registry.secrets(the.clientId))
  assert.deepEqual(last?.retirement, { safe: true, unusedSince: inAnHour })
  assert.equal(value(await registry.retireSecret(the.clientId, secretId)).state, 'retired')
})
