/**
 * An API with one route that answers a few bytes, bare or protected: what a guard costs shows best where nothing else
 * costs anything. The issuer's keys are served by the same process, to whoever fetches them.
 */
import { createPublicKey, verify } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import fastifyJwt from '@fastify/jwt'
import { createGuard } from '@mintmark/resource-server'
import * as onExpress from '@mintmark/resource-server/express'
import * as onFastify from '@mintmark/resource-server/fastify'
import * as onNode from '@mintmark/resource-server/node'
import express, { type RequestHandler } from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import fastify, { type FastifyInstance } from 'fastify'
import { exportSPKI, importJWK, type JWK } from 'jose'
import { announce, listenAnywhere, serverArgument } from './server-ready.ts'

/** Which application, and which keys and claims its tokens have. */
export interface GuardedAppPlan {
  readonly application: GuardedApplication
  readonly issuer: string
  readonly audience: string
  readonly jwk: JWK
  /** How many tokens there are: caches of others get room for all of them. */
  readonly tokens: number
}

/** The applications. */
export type GuardedApplication =
  | 'node:http'
  | 'node:http + mintmark'
  | 'node:http + by hand'
  | 'express'
  | 'express + mintmark'
  | 'express + express-oauth2-jwt-bearer'
  | 'fastify'
  | 'fastify + mintmark'
  | 'fastify + @fastify/jwt, cached'

const SCOPE = 'decisions:read'
const BODY = '{"decisions":[]}'

const plan = serverArgument<GuardedAppPlan>()
const { issuer, audience } = plan
const keys = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys: [plan.jwk] }))
})
const jwksUri = `http://127.0.0.1:${await listenAnywhere(keys)}/jwks`
const guarded = { guard: createGuard({ issuer, audience, jwksUri }), scope: SCOPE }

function listening(listener: RequestListener): Promise<number> {
  return listenAnywhere(createServer(listener))
}

const answer: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(BODY)
}

function onExpressApp(...protections: readonly RequestHandler[]): Promise<number> {
  const app = express()
  app.get('/decisions', ...protections, (_request, response) => {
    response.type('json').send(BODY)
  })
  return listening(app)
}

async function onFastifyApp(
  protect: (app: FastifyInstance) => Promise<void> | void,
): Promise<number> {
  const app = fastify()
  await protect(app)
  app.get('/decisions', (_request, reply) => reply.type('application/json').send(BODY))
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
}

/** The key at hand: it fetches none. */
async function protectByFastifyJwt(app: FastifyInstance): Promise<void> {
  const key = await importJWK(plan.jwk, 'ES256')
  if (key instanceof Uint8Array) throw new Error('the key is a public one')
  await app.register(fastifyJwt, {
    secret: { public: await exportSPKI(key) },
    verify: {
      ...{ algorithms: ['ES256'], allowedIss: issuer, allowedAud: audience, cache: plan.tokens },
    },
  })
  app.addHook('onRequest', async (request) => {
    await request.jwtVerify()
  })
}

/**
 * The least that is right: tokens are verified once and found by a short key out of their signature, a whole comparison
 * and their expiry. It knows its one key, bounds nothing and asks for no scope.
 */
function byHand(listener: RequestListener): RequestListener {
  const key = createPublicKey({ key: { ...plan.jwk }, format: 'jwk' })
  const seen = new Map<string, { readonly token: string; readonly exp: number }>()
  const firstSeen = (token: string) => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const signed = Buffer.from(`${header}.${payload}`)
    const joined = { key, dsaEncoding: 'ieee-p1363' } as const
    if (!verify('sha256', signed, joined, Buffer.from(signature, 'base64url'))) return undefined
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number }
    const entry = { token, exp }
    seen.set(token.slice(-24), entry)
    return entry
  }
  return (request, response) => {
    const token = (request.headers.authorization ?? '').slice('Bearer '.length)
    const known = seen.get(token.slice(-24))
    const entry = known?.token === token ? known : firstSeen(token)
    if (entry !== undefined && Date.now() / 1_000 < entry.exp) listener(request, response)
    else response.writeHead(401).end()
  }
}

const applications: Readonly<Record<GuardedApplication, () => Promise<number>>> = {
  'node:http': () => listening(answer),
  'node:http + mintmark': () => listening(onNode.protect(guarded)(answer)),
  'node:http + by hand': () => listening(byHand(answer)),
  express: () => onExpressApp(),
  'express + mintmark': () => onExpressApp(onExpress.protect(guarded)),
  'express + express-oauth2-jwt-bearer': () =>
    onExpressApp(auth({ issuer, audience, jwksUri, strict: true })),
  fastify: () => onFastifyApp(() => undefined),
  'fastify + mintmark': () =>
    onFastifyApp((app) => void app.addHook('onRequest', onFastify.protect(guarded))),
  'fastify + @fastify/jwt, cached': () => onFastifyApp(protectByFastifyJwt),
}

const port = await applications[plan.application]()
announce({ port, issuer, tokenPath: '', jwksPath: '' })
