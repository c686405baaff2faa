import assert from 'node:assert/strict'
import { it } from 'node:test'
import { followSharedStores } from '../../src/forward-auth/shared-stores.ts'

it('what guards share is away from the first outage of it until it is back, each store for itself [R9]', () => {
  const { notice, away } = followSharedStores()
  assert.deepEqual([...away()], [])
  const first = notice({ type: 'shared_limits_unavailable', reason: 'timed_out' })
  assert.match(first ?? '', /--when-redis-unavailable/)
  const second = notice({ type: 'replay_store_unavailable' })
  assert.match(second ?? '', /--when-proof-store-unavailable/)
  assert.deepEqual([...away()], ['limits', 'proofs'])
  const back = notice({ type: 'shared_limits_recovered', awaySeconds: 12.3 })
  assert.match(back ?? '', /after 12 s/)
  assert.deepEqual([...away()], ['proofs'])
  assert.ok(notice({ type: 'replay_store_recovered' }))
  assert.deepEqual([...away()], [])
})

it('other events are nobody’s outage, and nothing is said about them', () => {
  const { notice, away } = followSharedStores()
  assert.equal(notice({ type: 'request_refused', code: 'expired', status: 401 }), undefined)
  assert.equal(away().size, 0)
})
