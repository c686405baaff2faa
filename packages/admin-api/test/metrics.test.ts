import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metricTable } from '@mintmark/authorization-server'
import { the } from '@mintmark/testkit'
import { type AdminWorld, adminWorld } from './admin-world.ts'

test('every metric is exposed with its help and its kind [A13]', async () => {
  await using world = await adminWorld()
  const text = await exposition(world)
  for (const { name, help, kind } of metricTable) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`), name)
  }
  assert.match(text, /^mintmark_signing_keys\{algorithm="ES256",state="active"\} 1$/m)
  assert.match(text, /^process_resident_memory_bytes \d+$/m)
})

test('refusals are counted by reason, and no label names a client [A13]', async () => {
  await using world = await adminWorld()
  await world.server.fetch(
    new Request(the.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${the.clientId}:x`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    }),
  )
  const text = await exposition(world)
  assert.match(text, /^mintmark_refusals_total\{endpoint="token",reason="client_unknown"\} 1$/m)
  assert.ok(!text.includes(the.clientId))
  const again = await exposition(world)
  assert.match(again, /^mintmark_refusals_total\{endpoint="token",reason="client_unknown"\} 1$/m)
})

test('how long requests took is a histogram by endpoint and outcome [A13]', async () => {
  await using world = await adminWorld()
  assert.ok(!(await exposition(world)).includes('mintmark_request_duration_seconds_count'))
  await world.token()
  await world.token()
  await world.token(undefined, the.clientId)
  const text = await exposition(world)
  const name = 'mintmark_request_duration_seconds'
  assert.ok(text.includes(`# TYPE ${name} histogram\n`))
  const labels = 'endpoint="token",outcome="success"'
  assert.ok(text.includes(`\n${name}_bucket{le="0.005",${labels}} 2\n`), text)
  assert.ok(text.includes(`\n${name}_bucket{le="+Inf",${labels}} 2\n`))
  assert.ok(text.includes(`\n${name}_count{${labels}} 2\n`))
  assert.ok(text.includes(`\n${name}_sum{${labels}} 0\n`))
  assert.ok(text.includes(`\n${name}_count{endpoint="token",outcome="refused"} 1\n`))
})

async function exposition(world: AdminWorld): Promise<string> {
  const response = await world.get('/metrics')
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  return await response.text()
}
