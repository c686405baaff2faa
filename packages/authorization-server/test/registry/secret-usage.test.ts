import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock, the } from '@mintmark/testkit'
import { createCallerAddresses } from '../../src/http/caller-address.ts'
import { usageBatchMax } from '../../src/limits.ts'
import { SecretUsageRecorder } from '../../src/registry/secret-usage.ts'
import type { NodeReport, SecretUsage } from '../../src/storage/records.ts'
import { basicOf, serving } from '../serving.ts'

const noon = Date.parse('2026-11-23T12:00:00Z')
const from = (remoteAddress: string | undefined) => ({ remoteAddress, headerLines: () => [] })
const somewhere = from('192.0.2.77')

function recording() {
  const clock = new FakeClock()
  const written: { readonly usage: readonly SecretUsage[]; readonly report: NodeReport }[] = []
  const fate = { isDown: false }
  const recordUsage = async (usage: readonly SecretUsage[], report: NodeReport): Promise<void> => {
    if (fate.isDown) throw new Error('the database is away')
    written.push({ usage, report })
  }
  const callers = createCallerAddresses({}, () => undefined)
  const session = { recordUsage }
  const recorder = new SecretUsageRecorder({ session, clock, callers, nodeId: 'n' })
  return { clock, recorder, written, fate }
}

test('a secret is written down once an hour, however often it is used [A2] [N2]', async () => {
  const { clock, recorder, written } = recording()
  await recorder.start()
  for (let count = 0; count < 100; count++) recorder.record('s1', somewhere)
  recorder.record('s2', from('2001:db8:1:2:3::4'))
  recorder.record('s3', from(undefined))
  recorder.record('s4', from('::ffff:198.51.100.9'))
  await clock.advance(30_000)
  recorder.record('s1', from('203.0.113.1'))
  await clock.advance(30_000)
  assert.deepEqual(
    written.map(({ usage }) => usage),
    [
      [],
      [
        { secretId: 's1', hourWallMs: noon, network: '192.0.2.0/24' },
        { secretId: 's2', hourWallMs: noon, network: '2001:db8:1::/48' },
        { secretId: 's3', hourWallMs: noon, network: 'unknown' },
        { secretId: 's4', hourWallMs: noon, network: '198.51.100.0/24' },
      ],
    ],
  )
  await clock.advance(3_600_000)
  assert.deepEqual(
    written.slice(2).map(({ usage }) => usage),
    [[]],
  )
  recorder.record('s1', somewhere)
  await recorder.stop()
  const last = written.at(-1)
  assert.deepEqual(last?.usage, [
    { secretId: 's1', hourWallMs: noon + 3_600_000, network: '192.0.2.0/24' },
  ])
  assert.equal(last?.report.stopped, true)
})

test('a report is complete up to the instant that it names, also after an outage [N2]', async () => {
  const { clock, recorder, written, fate } = recording()
  await recorder.start()
  fate.isDown = true
  recorder.record('s1', somewhere)
  await clock.advance(90_000)
  recorder.record('s2', somewhere)
  fate.isDown = false
  await clock.advance(30_000)
  const last = written.at(-1)
  assert.deepEqual(
    last?.usage.map((one) => one.secretId),
    ['s1', 's2'],
  )
  assert.equal(last?.report.reportedUntilWallMs, noon + 120_000)
  assert.equal(last?.report.startedAtWallMs, noon)
  await recorder.stop()
})

test('many uses are written in several transactions, and only the last one says that all is there [N2]', async () => {
  const { clock, recorder, written } = recording()
  await recorder.start()
  for (let at = 0; at < 2.5 * usageBatchMax; at++) recorder.record(`s${at}`, somewhere)
  await clock.advance(30_000)
  const reports = written.slice(1).map((one) => [one.usage.length, one.report.reportedUntilWallMs])
  assert.deepEqual(reports, [
    [1_000, noon],
    [500, noon],
    [1_000, noon + 30_000],
  ])
  await recorder.stop()
})

test('the use of a secret at an endpoint is known by hour and network half a minute later [A2] [N2]', async () => {
  await using world = await serving()
  const { registry } = world.server
  const form = { grant_type: 'client_credentials' }
  const wrong = { authorization: basicOf(the.clientId, 'not this one') }
  await world.post('/oauth/token', form, wrong)
  await world.clock.advance(30_000)
  const lastUse = async () => {
    const listed = await registry.secrets(the.clientId)
    return listed.ok ? listed.value[0]?.lastUse : undefined
  }
  assert.equal(await lastUse(), undefined)
  await world.post('/oauth/token', form, { authorization: world.basic })
  await world.clock.advance(30_000)
  assert.deepEqual(await lastUse(), { hour: '2026-11-23T12:00:00.000Z', network: 'unknown' })
})
