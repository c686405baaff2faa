/** Ways to make an API call with a token: bare HTTP clients, our client on top of them, and other libraries. */
import { createTokenClient, type TokenClient } from '@mintmark/client'
import { authorizeInterceptor } from '@mintmark/client/undici'
import axios from 'axios'
import { fetchProtectedResource } from 'openid-client'
import { Pool } from 'undici'
import { API_TOKEN } from '../servers/api-token.ts'
import { badgatewayFetch, googleClient, openidConfiguration, tokenPeer } from './token-peers.ts'

/** An answer, as far as it is checked. */
export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

/** Makes one call. */
export type ApiCall = () => Promise<ApiAnswer>

const AUTHORIZATION = `Bearer ${API_TOKEN}`
const PATH = '/orders'

/** Every way by its name; each is prepared for the API at `origin`, whose token endpoint is `/token`. */
export const apiCalls: ReadonlyMap<string, (origin: string) => ApiCall> = new Map([
  ['fetch, fixed header', fetchWithFixedHeader],
  ['client.fetch', clientFetch],
  ['simple-oauth2 + fetch', simpleOauth2Fetch],
  ['@badgateway OAuth2Fetch', badgatewayCall],
  ['openid-client fetchProtectedResource', openidCall],
  ['google-auth-library request', googleCall],
  ['axios + interceptor by hand', axiosCall],
  ['Pool.request, fixed header', poolWithFixedHeader],
  ['Pool.request + client interceptor', poolWithInterceptor],
])

async function answerOf(response: Response): Promise<ApiAnswer> {
  return { status: response.status, body: await response.json() }
}

function fetchWithFixedHeader(origin: string): ApiCall {
  const headers = { authorization: AUTHORIZATION }
  return async () => answerOf(await fetch(`${origin}${PATH}`, { headers }))
}

function clientFor(origin: string): TokenClient {
  return createTokenClient({
    tokenEndpoint: `${origin}/token`,
    clientId: 'partner-a',
    clientSecret: 'a secret that the token endpoint does not look at',
    allowedOrigins: [origin],
  })
}

function clientFetch(origin: string): ApiCall {
  const client = clientFor(origin)
  return async () => answerOf(await client.fetch(`${origin}${PATH}`))
}

function simpleOauth2Fetch(origin: string): ApiCall {
  const token = tokenPeer('simple-oauth2', origin)
  return async () => {
    const headers = { authorization: `Bearer ${await token()}` }
    return answerOf(await fetch(`${origin}${PATH}`, { headers }))
  }
}

function badgatewayCall(origin: string): ApiCall {
  const wrapper = badgatewayFetch(origin)
  return async () => answerOf(await wrapper.fetch(`${origin}${PATH}`))
}

function openidCall(origin: string): ApiCall {
  const configuration = openidConfiguration(origin)
  const token = tokenPeer('openid-client, cache by hand', origin)
  const url = new URL(`${origin}${PATH}`)
  return async () =>
    answerOf(await fetchProtectedResource(configuration, await token(), url, 'GET'))
}

function googleCall(origin: string): ApiCall {
  const client = googleClient(origin)
  return async () => {
    const { status, data: body } = await client.request({ url: `${origin}${PATH}` })
    return { status, body }
  }
}

function axiosCall(origin: string): ApiCall {
  const token = tokenPeer('simple-oauth2', origin)
  const instance = axios.create({ baseURL: origin })
  instance.interceptors.request.use(async (config) => {
    config.headers.set('authorization', `Bearer ${await token()}`)
    return config
  })
  return async () => {
    const { status, data: body } = await instance.get(PATH)
    return { status, body }
  }
}

const CONNECTIONS = 16

function poolWithFixedHeader(origin: string): ApiCall {
  const pool = new Pool(origin, { connections: CONNECTIONS })
  const headers = { authorization: AUTHORIZATION }
  return async () => {
    const { statusCode, body } = await pool.request({ path: PATH, method: 'GET', headers })
    return { status: statusCode, body: await body.json() }
  }
}

function poolWithInterceptor(origin: string): ApiCall {
  const pool = new Pool(origin, { connections: CONNECTIONS }).compose(
    authorizeInterceptor(clientFor(origin)),
  )
  return async () => {
    const { statusCode, body } = await pool.request({ origin, path: PATH, method: 'GET' })
    return { status: statusCode, body: await body.json() }
  }
}
