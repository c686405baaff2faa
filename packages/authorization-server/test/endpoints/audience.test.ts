import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { obtainToken, otherAudience, serving, the } from '../serving.ts'

const grant = { grant_type: 'client_credentials' }

test('audience is another name for resource [A7]', async () => {
  await using world = await serving()
  for (const more of [
    { audience: the.audience },
    { audience: the.audience, resource: the.audience },
    { audience: the.audience, scope: 'decisions:read' },
  ]) {
    assert.equal(decodeJwt(await obtainToken(world, more)).aud, the.audience)
  }
})

test('an audience that is no resource of the client, or contradicts resource, is invalid_target [A7]', async () => {
  await using world = await serving()
  const refused: readonly (readonly [Record<string, string>, string])[] = [
    [{ audience: otherAudience }, 'resource_not_granted'],
    [{ audience: 'https://unknown.example' }, 'resource_not_granted'],
    [{ audience: 'no URI' }, 'resource_not_granted'],
    [{ audience: otherAudience, resource: the.audience }, 'audience_contradicts_resource'],
    [{ audience: the.audience, resource: otherAudience }, 'audience_contradicts_resource'],
  ]
  for (const [more, reason] of refused) {
    const headers = { authorization: world.basic }
    const response = await world.post('/oauth/token', { ...grant, ...more }, headers)
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_target')
    const event = world.events.findLast(({ type }) => type === 'request_refused')
    assert.equal(event?.type === 'request_refused' && event.reason, reason)
  }
})
