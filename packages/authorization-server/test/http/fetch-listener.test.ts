import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serving } from '../serving.ts'

const form = { grant_type: 'client_credentials' }

for (const coding of ['gzip', 'identity, gzip', '']) {
  test(`a request with the content coding "${coding}" is refused, and told what to do [A1]`, async () => {
    await using world = await serving()
    const headers = { authorization: world.basic, 'content-encoding': coding }
    const response = await world.post('/oauth/token', form, headers)
    assert.equal(response.status, 415)
    assert.equal(response.headers.get('accept-encoding'), 'identity')
    const event = world.events.at(-1)
    assert.equal(event?.type === 'request_refused' && event.reason, 'content_coding_not_supported')
  })
}

test('a request that says it has no content coding is read [A14]', async () => {
  await using world = await serving()
  const headers = { authorization: world.basic, 'content-encoding': 'Identity' }
  assert.equal((await world.post('/oauth/token', form, headers)).status, 200)
})
