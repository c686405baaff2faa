/**
 * What a good engineer writes by hand in an afternoon: fastify, the secret compared in constant time, an access token
 * signed by fast-jwt. It knows its clients from a map and has no policy, no revocation, no rotation and no events.
 */
import { generateKeyPairSync, randomUUID, timingSafeEqual } from 'node:crypto'
import { createSigner } from 'fast-jwt'
import fastify from 'fastify'
import { benchClients, RESOURCE } from '../load/token-workload.ts'
import { announce, serverArgument } from './server-ready.ts'

const LIFETIME_SECONDS = 900

const { clients } = serverArgument<{ readonly clients: number }>()
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'hand', alg: 'ES256', use: 'sig' }
const secrets = new Map(benchClients(clients).map(({ id, secret }) => [id, Buffer.from(secret)]))
const signer = createSigner({
  key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  algorithm: 'ES256',
  kid: 'hand',
  header: { alg: 'ES256', typ: 'at+jwt' },
})

const app = fastify()
app.addContentTypeParser(
  'application/x-www-form-urlencoded',
  { parseAs: 'string' },
  (_request, body, done) => done(null, new URLSearchParams(body as string)),
)

app.post('/token', (request, reply) => {
  const [id = '', secret = ''] = atob((request.headers.authorization ?? '').slice(6)).split(':')
  const known = secrets.get(id)
  const presented = Buffer.from(secret)
  reply.header('cache-control', 'no-store')
  if (known?.length !== presented.length || !timingSafeEqual(known, presented)) {
    return reply.code(401).send({ error: 'invalid_client' })
  }
  const scope = (request.body as URLSearchParams).get('scope') ?? ''
  const access_token = signer({
    ...{ iss: issuer, sub: id, client_id: id, aud: RESOURCE, scope, jti: randomUUID() },
    exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS,
  })
  return reply.send({ access_token, token_type: 'Bearer', expires_in: LIFETIME_SECONDS, scope })
})
app.get('/jwks', (_request, reply) => reply.send({ keys: [jwk] }))

const issuer = await app.listen({ host: '127.0.0.1', port: 0 })
announce({
  port: Number(new URL(issuer).port),
  issuer,
  tokenPath: '/token',
  jwksPath: '/jwks',
})
