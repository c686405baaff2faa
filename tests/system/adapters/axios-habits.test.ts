/** What people do with axios beyond plain requests, with the adapter in between. */
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { dpop, type TokenClientOptions } from '@mintmark/client'
import { authorizeAxios } from '@mintmark/client/axios'
import { findSecret } from '@mintmark/testkit'
import axios, { type AxiosError, type CreateAxiosDefaults, isAxiosError, isCancel } from 'axios'
import { refuse } from './adapter-world.ts'
import { adapterWorld } from './with-adapter-world.ts'

async function axiosWorld(
  t: TestContext,
  defaults: CreateAxiosDefaults = {},
  options: Partial<TokenClientOptions> = {},
) {
  const world = await adapterWorld(t)
  const instance = axios.create({ baseURL: `${world.api}/v1`, adapter: 'http', ...defaults })
  const client = world.client(options)
  const authorizations: string[] = []
  const authorize: typeof client.authorize = (request) => {
    authorizations.push(String(request.url))
    return client.authorize(request)
  }
  return { world, authorizations, api: authorizeAxios(instance, { ...client, authorize }) }
}

async function axiosErrorOf(promise: Promise<unknown>): Promise<AxiosError> {
  const error = await promise.then(
    () => assert.fail('the call was answered'),
    (reason: unknown) => reason,
  )
  assert.ok(isAxiosError(error), `an error of another kind: ${error}`)
  return error
}

test('combines baseURL, params and defaults as axios does [C14]', async (t) => {
  const { world, api } = await axiosWorld(t, { params: { page: 1 }, headers: { 'X-App': 'books' } })
  const { data } = await api.get('orders', { params: { size: 5 } })
  assert.equal(data, 'served')
  const [arrival] = world.arrivals
  assert.equal(arrival?.path, '/v1/orders?page=1&size=5')
  assert.equal(arrival?.headers['x-app'], 'books')
  assert.match(String(arrival?.headers['user-agent']), /^axios/)
})

test('runs interceptors and transformations once for a request that is sent twice [C6]', async (t) => {
  const runs: string[] = []
  const noting = (name: string) => (value: unknown) => {
    runs.push(name)
    return value
  }
  const { world, api } = await axiosWorld(t, {
    transformRequest: [noting('transformRequest'), (order) => JSON.stringify(order)],
    transformResponse: [noting('transformResponse')],
  })
  await api.get('orders')
  api.interceptors.request.use(noting('request') as never)
  api.interceptors.response.use(noting('response') as never)
  runs.length = 0
  world.revokeTokens()
  const { data } = await api.post('orders', { book: 'Emma' })
  assert.equal(data, 'served')
  assert.deepEqual(runs, ['request', 'transformRequest', 'transformResponse', 'response'])
  assert.deepEqual(
    world.arrivals.slice(1).map(({ body }) => String(body)),
    ['{"book":"Emma"}', '{"book":"Emma"}'],
  )
})

test('sends what interceptors left of the configuration, and no other authentication [C14]', async (t) => {
  const auth = JSON.parse('{"username":"somebody","password":"else"}')
  const { world, api } = await axiosWorld(t, { auth, headers: { 'X-App': 'books' } })
  api.interceptors.request.use((config) => {
    config.headers.delete('X-App')
    return config
  })
  await api.get('orders', { headers: { AUTHORIZATION: false } })
  const [arrival] = world.arrivals
  assert.equal(arrival?.headers['x-app'], undefined)
  assert.equal(arrival?.headers.authorization, `Bearer ${world.tokens[0]}`)
})

test('throws the errors of axios, with everything but the token [C10]', async (t) => {
  const { world, api } = await axiosWorld(t)
  world.onPath('/v1/orders', (_arrival, response) => {
    response.writeHead(422, { 'content-type': 'application/json' }).end('{"reason":"no stock"}')
  })
  const error = await axiosErrorOf(api.post('orders', { book: 'Emma' }))
  assert.deepEqual([error.code, error.response?.status], ['ERR_BAD_REQUEST', 422])
  assert.deepEqual(error.response?.data, { reason: 'no stock' })
  assert.equal(error.config?.url, 'orders')
  assert.equal(error.config?.headers.get('authorization'), undefined)
  assert.equal(error.response?.config, error.config)
  assert.ok(error.request, 'the native request is there for those who know of it')
})

test('authorizes a request that is repeated with the configuration of its error [C14]', async (t) => {
  const { world, api, authorizations } = await axiosWorld(t)
  let failures = 2
  world.onPath('/v1/orders', (_arrival, response) => {
    failures -= 1
    response.writeHead(failures < 0 ? 200 : 503).end('served')
  })
  api.interceptors.response.use(undefined, (error: AxiosError) => api.request(error.config ?? {}))
  const { data } = await api.put('orders', { book: 'Emma' })
  assert.equal(data, 'served')
  assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [3, 1])
  assert.equal(authorizations.length, 3)
  for (const { headers, body } of world.arrivals) {
    assert.equal(headers.authorization, `Bearer ${world.tokens[0]}`)
    assert.equal(String(body), '{"book":"Emma"}')
  }
})

test('sends through an adapter that the caller brings [C14]', async (t) => {
  const { world, api } = await axiosWorld(t)
  const { data } = await api.get('orders', {
    adapter: async (config) => ({
      ...{ status: 200, statusText: 'OK', headers: {}, config },
      data: config.headers.get('authorization'),
    }),
  })
  assert.equal(data, `Bearer ${world.tokens[0]}`)
})

test('calls a request cancelled that is aborted while it waits for a token [C5]', async (t) => {
  const { world, api } = await axiosWorld(t)
  const controller = new AbortController()
  world.onTokenRequest(() => controller.abort())
  await assert.rejects(api.get('orders', { signal: controller.signal }), (error) => isCancel(error))
  assert.equal(world.arrivals.length, 0)
})

test('streams an answer, also one that came after a refusal, without showing the token [C10]', async (t) => {
  // One connection: an answer that nobody reads would keep it for itself.
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => httpAgent.destroy())
  const { world, api } = await axiosWorld(t, { responseType: 'stream', httpAgent })
  await buffer((await api.get('orders')).data)
  world.revokeTokens()
  const response = await api.get('orders')
  assert.equal(String(await buffer(response.data)), 'served')
  world.onPath('/v1/never', refuse)
  const error = await axiosErrorOf(api.get('never'))
  for (const printed of [response, error]) {
    const text = inspect(printed, { depth: 10 })
    for (const token of world.tokens) assert.equal(findSecret(text, token), undefined)
  }
})

test('leaves token and proof behind on a redirect to another origin, and nothing else [C12]', async (t) => {
  const options = { senderBinding: dpop() }
  const { world, api } = await axiosWorld(t, { headers: { 'X-App': 'books' } }, options)
  const redirected: string[] = []
  world.onPath('/v1/orders', (_arrival, response) => {
    response.writeHead(307, { location: `${world.elsewhere}/orders` }).end()
  })
  const beforeRedirect = ({ href }: Record<string, unknown>) => void redirected.push(String(href))
  await api.get('orders', { beforeRedirect })
  const [arrival] = world.arrivalsElsewhere
  assert.deepEqual(redirected, [`${world.elsewhere}/orders`])
  assert.deepEqual([arrival?.headers.authorization, arrival?.headers.dpop], [undefined, undefined])
  assert.equal(arrival?.headers['x-app'], 'books')
})
