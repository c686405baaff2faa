import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  type ClientAuthentication,
  clientAssertion,
  clientSecretBasic,
  clientSecretJson,
  clientSecretJwt,
  clientSecretPost,
  privateKeyJwt,
} from '@mintmark/client'
import { findSecret, fixtureKeys, networkFailure, type Responder, the } from '@mintmark/testkit'
import { clientWorld, outcomeOf } from '../client-world.ts'

const { clientSecret: secret } = the
const jwk = fixtureKeys.ES256
const pem = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
  .export({ type: 'pkcs8', format: 'pem' })
  .toString()
const { PS256: rsa } = fixtureKeys

const spilling = () => Promise.reject(Object.assign(new Error(secret), { code: secret, pem }))
const methods: readonly [name: string, method: ClientAuthentication][] = [
  ['Basic', clientSecretBasic(secret)],
  ['post', clientSecretPost(secret)],
  ['JSON', clientSecretJson(secret)],
  ['MAC', clientSecretJwt(secret)],
  ['JWK', privateKeyJwt({ key: jwk })],
  ['JWK of RSA', privateKeyJwt({ key: rsa })],
  ['PEM', privateKeyJwt({ key: pem })],
  ['key from a function', privateKeyJwt({ key: () => pem })],
  ['assertion', clientAssertion(() => secret)],
  ['function that spills the secret', clientSecretBasic(spilling)],
  ['function that spills the key', privateKeyJwt({ key: spilling })],
  ['function that spills the assertion', clientAssertion(spilling)],
]

/** What a hostile or unlucky server or network makes of what it was sent. */
const faults: readonly [what: string, answer: Responder][] = [
  ['echo in a 200', async (request) => new Response(await request.text())],
  [
    'echo in a 401',
    async (request) => {
      const sent = await request.text()
      const body = { error: sent, error_description: sent }
      return Response.json(body, {
        status: 401,
        headers: { 'www-authenticate': `Basic "${btoa(sent)}"` },
      })
    },
  ],
  [
    'echo in a network error',
    async (request) => {
      throw Object.assign(networkFailure('ECONNRESET'), { request: await request.text() })
    },
  ],
]

for (const [name, clientAuthentication] of methods) {
  test(`prints nothing of a credential: ${name} [C10] [C11]`, async () => {
    for (const [what, answer] of faults) {
      const { client, clock, network, events } = clientWorld({
        clientAuthentication: [clientAuthentication, clientAuthentication],
      })
      network.respond(the.tokenEndpoint, answer)
      const outcome = outcomeOf(client.token())
      while ((await Promise.race([outcome, clock.advance(50)])) === undefined);
      const { error } = await outcome
      assert(error instanceof Error)
      const things = [error, error.stack, client, events, client.explain(), clientAuthentication]
      const output = things.map(printed).join('\n')
      const assertions = network.requests.map(({ body }) =>
        new URLSearchParams(body).get('client_assertion'),
      )
      for (const text of [secret, jwk.d, rsa.d, rsa.p ?? '', ...assertions]) {
        // The beginning of a JWT is the same in every JWT with that header.
        const rare = text?.slice(text.indexOf('.') + 1)
        if (rare) assert.equal(findSecret(output, rare), undefined, what)
      }
    }
  })
}

function printed(thing: unknown): string {
  const options = { depth: 20, showHidden: true, getters: true }
  return [inspect(thing, options), JSON.stringify(thing), String(thing)].join('\n')
}
