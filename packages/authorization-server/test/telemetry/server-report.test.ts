import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sumOfReports } from '../../src/index.ts'
import { basicOf, obtainToken, serving, the } from '../serving.ts'

test('a report counts what happened by reason, method and outcome [A13]', async () => {
  await using world = await serving()
  const post = (path: string, form: Record<string, string>, authorization = world.basic) =>
    world.post(path, form, { authorization })
  const token = await obtainToken(world)
  await obtainToken(world)
  await post('/oauth/introspect', { token })
  await post('/oauth/introspect', { token: 'x' })
  await post('/oauth/token', {}, basicOf('nobody', 'x'))
  await post('/oauth/token', { grant_type: 'client_credentials', scope: 'other:read' })
  await post('/oauth/revoke', { token })
  const report = world.server.report()
  assert.equal(report.tokensIssued, 2)
  assert.equal(report.tokensRevoked, 1)
  assert.deepEqual(report.introspections, { active: 1, inactive: 1 })
  assert.deepEqual(report.authentications, [{ method: 'client_secret_basic', count: 6 }])
  assert.deepEqual(report.refusals, [
    { endpoint: 'token', reason: 'client_unknown', count: 1 },
    { endpoint: 'token', reason: 'scope_exceeds_ceiling', count: 1 },
  ])
  assert.equal(report.signaturesWaiting, 0)
  assert.equal(report.registry.clients, 1)
  assert.equal(report.registry.staleSeconds, 0)
  assert.ok(report.registry.sequence > 0)
})

test('a thousand tokens ask the database for nothing [A4] [N4]', async () => {
  await using world = await serving()
  await obtainToken(world)
  const before = world.server.report()
  for (let at = 0; at < 1_000; at += 1) await obtainToken(world)
  const after = world.server.report()
  assert.deepEqual(after.storage, before.storage)
  assert.equal(after.tokensIssued - before.tokensIssued, 1_000)
})

test('reports of several processes add up, and the worst of what cannot be added counts', async () => {
  await using one = await serving()
  await using other = await serving()
  await obtainToken(one)
  await obtainToken(other)
  await other.post('/oauth/token', {}, { authorization: basicOf(the.clientId, 'x') })
  const reports = [one.server.report(), other.server.report()]
  const sum = sumOfReports([...reports, { ...reports[0], registry: staleRegistry } as never])
  assert.equal(sum.tokensIssued, 3)
  assert.deepEqual(sum.authentications, [{ method: 'client_secret_basic', count: 3 }])
  assert.deepEqual(sum.refusals, [{ endpoint: 'token', reason: 'secret_wrong', count: 1 }])
  assert.equal(sum.registry.staleSeconds, 9)
  assert.equal(sum.registry.sequence, 1)
})

const staleRegistry = { sequence: 1, clients: 1, reloads: 0, failedReloads: 4, staleSeconds: 9 }
