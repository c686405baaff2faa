/** What the documentation of MyParcel.com asks of callers whose token ends, over real HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock, myparcelApi, myparcelStandIn } from '@mintmark/testkit'
import { eventually, serviceWorld } from './service-world.ts'

test('myparcel: calls that find the token expired wait, and go out with the new one [S4] [C5]', async (context) => {
  const clock = new FakeClock()
  const standIn = myparcelStandIn({ clock })
  const world = await serviceWorld(context, standIn, myparcelApi(standIn))
  const client = world.connect({ preset: 'myparcel', clock })
  const type = 'application/vnd.api+json'
  const shipment = (number: number) =>
    client.fetch(`${world.api}/shipments`, {
      method: 'POST',
      headers: { accept: type, 'content-type': type },
      body: `{"data":{"type":"shipments","attributes":{"number":${number}}}}`,
    })
  const expired = await client.token()
  await clock.advance(86_400_000)
  standIn.hold()
  const waiting = Array.from({ length: 50 }, (_, number) => shipment(number))
  await eventually(() => standIn.tokenRequests.length === 2, 'the new token is asked for')
  const late = Array.from({ length: 50 }, (_, number) => shipment(50 + number))
  await clock.advance(3_000)
  assert.equal(world.apiRequests.length, 0)
  standIn.release()
  for (const response of await Promise.all([...waiting, ...late])) {
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), type)
  }
  assert.equal(standIn.tokenRequests.length, 2)
  const current = client.currentToken()
  assert.notEqual(current?.fingerprint, expired.fingerprint)
  const numbers = new Set<number>()
  for (const request of world.apiRequests) {
    assert.equal(request.headers.get('authorization'), `Bearer ${current?.reveal()}`)
    assert.equal(request.headers.get('content-type'), type)
    assert.equal(request.headers.get('accept'), type)
    numbers.add(Number(/"number":(\d+)/.exec(await request.text())?.[1]))
  }
  assert.equal(numbers.size, 100)
})

test('myparcel: a periodic renewal keeps a token at hand, whether anybody calls or not [S4] [C3]', async (context) => {
  const clock = new FakeClock()
  const standIn = myparcelStandIn({ clock })
  const world = await serviceWorld(context, standIn, myparcelApi(standIn))
  const client = world.connect({ preset: 'myparcel', keepWarm: true, clock })
  await client.warm()
  for (let day = 1; day <= 3; day += 1) {
    await clock.advance(0.86 * 86_400_000)
    await eventually(() => standIn.tokenRequests.length === 1 + day, `renewal ${day}`)
    const overlap = await client.fetch(`${world.api}/shipments`)
    assert.equal(overlap.status, 200)
  }
  const requests = client.explain().filter(({ event }) => event.type === 'token_requested')
  assert.equal(requests.length, 4)
})
