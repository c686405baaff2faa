/** A client that waits where our own rings ask it to, on one clock: it is never refused, and loses no time (S2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTokenClient } from '@mintmark/client'
import { waitingFetch } from '@mintmark/client/waiting-fetch'
import { createRings, limitPolicy, memoryLimiter } from '@mintmark/limits'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/fetch'
import { createAttackCorpus, FakeClock, jsonResponse, some, the } from '@mintmark/testkit'

const corpus = createAttackCorpus()
const good = corpus.cases.find(({ id }) => id === 'good/es256')?.token

/** A client and an API with two requests at once and one a second, reached without a network. */
function world() {
  const clock = new FakeClock()
  const statuses: number[] = []
  const guard = createGuard({
    ...{ issuer: the.issuer, audience: the.audience, jwksUri: the.jwksUri, clock },
    transport: async () => jsonResponse(JSON.stringify(corpus.goodKeySet)),
  })
  const partner = limitPolicy({ name: 'partner', quota: 60, windowSeconds: 60, burst: 2 })
  const rings = createRings({ limiter: memoryLimiter({ clock }), partnerPolicies: [partner] })
  const api = protect({ guard, rings, peerAddress: () => '192.0.2.1' })(
    async () => new Response('served'),
  )
  const client = createTokenClient({
    ...{ tokenEndpoint: `${the.issuer}/token`, clientId: the.clientId, clock },
    ...{ clientSecret: the.clientSecret, allowedOrigins: ['https://api.example'] },
    transport: async (input, init) => {
      if (String(input).endsWith('/token')) {
        return jsonResponse(some.tokenResponse({ access_token: good ?? '', scope: undefined }))
      }
      const response = await api(new Request(input, init))
      statuses.push(response.status)
      return response
    },
  })
  return { clock, client, statuses }
}

const url = 'https://api.example/orders'

test('a client that waits is served as soon as its ring has a unit again [S2]', async () => {
  const { clock, client, statuses } = world()
  const fetch = waitingFetch(client.fetch, { clock })
  const answers = [1, 2, 3].map(() => fetch(url))
  await clock.advance(2_000)
  const texts = await Promise.all(answers.map(async (answer) => await (await answer).text()))
  assert.deepEqual(texts, ['served', 'served', 'served'])
  assert.deepEqual(statuses.toSorted(), [200, 200, 200, 429])
})

test('a client that does not wait is told what it needs to know [S2]', async () => {
  const { client } = world()
  const answers = await Promise.all([1, 2, 3].map(() => client.fetch(url)))
  const [refused] = answers.filter(({ status }) => status === 429)
  assert.match(refused?.headers.get('retry-after') ?? '', /^[12]$/)
  assert.match(refused?.headers.get('ratelimit') ?? '', /^"partner";r=0;t=[12]$/)
})
